//! `kafka-features`: what a cluster has agreed on, and how that changes (KIP-584, KIP-1022).
use super::{
    Outcome, Stop, client, errors,
    options::{BOOTSTRAP_CONTROLLER, BOOTSTRAP_SERVER, COMMAND_CONFIG, Given, flag, value},
    subcommands::{Command, Program, Refusal},
};
use ::client::{
    Admin,
    admin::{FeatureUpdate, UpgradeType},
};
use base::NodeId;
use std::{
    collections::BTreeMap,
    io::{self, Write},
};

pub(super) static PROGRAM: Program = Program {
    name: "kafka-features",
    help_code: 0,
    about: "This tool manages feature flags in Kafka.",
    options: &[&[BOOTSTRAP_SERVER, BOOTSTRAP_CONTROLLER, COMMAND_CONFIG]],
    commands: &[
        Command {
            name: "describe",
            about: "Show the features in force.",
            options: &[&[value("node-id", "NODE_ID", "The node to ask; any without it.")]],
        },
        Command { name: "upgrade", about: "Raise features.", options: &[CHANGE] },
        Command { name: "downgrade", about: "Lower features.", options: &[CHANGE, UNSAFE] },
        Command {
            name: "disable",
            about: "Turn features off.",
            options: &[
                &[
                    value("feature", "FEATURE", "The feature; may be repeated."),
                    flag("dry-run", "Only check it."),
                ],
                UNSAFE,
            ],
        },
        Command { name: "version-mapping", about: "Show the features of a release.", options: &[&[RELEASE]] },
        Command {
            name: "feature-dependencies",
            about: "Show what features need.",
            options: &[&[value("feature", "FEATURE", "FEATURE=LEVEL; may be repeated.").required()]],
        },
    ],
    exclusive: &[(false, &["bootstrap-server", "bootstrap-controller"])],
};

const RELEASE: super::options::Opt =
    value("release-version", "RELEASE_VERSION", "A release, such as 4.3-IV0.");
const CHANGE: &[super::options::Opt] = &[
    value("metadata", "METADATA", "The old name of --feature metadata.version, by release."),
    RELEASE,
    value("feature", "FEATURE", "FEATURE=LEVEL; may be repeated."),
    flag("dry-run", "Only check it."),
];
const UNSAFE: &[super::options::Opt] = &[flag("unsafe", "Even where metadata would be lost.")];

pub(super) fn run(words: &[String]) -> Outcome {
    let wrong =
        |message: String| Stop::Failed(format!("Command line error: {message}. Type --help for help."));
    let (command, given) = PROGRAM.parse(words).map_err(|refusal| match refusal {
        Refusal::Mistake { message, .. } => wrong(message),
        help @ Refusal::Help(_) => help.stop(&PROGRAM),
    })?;
    let out = &mut io::stdout().lock();
    match command {
        "version-mapping" => return version_mapping(out, given.get("release-version")?),
        "feature-dependencies" => return dependencies(out, &given),
        _ => {}
    }
    if given.count(&["bootstrap-server", "bootstrap-controller"]) == 0 {
        return Err(wrong(
            "You must specify either --bootstrap-controller or --bootstrap-server.".to_owned(),
        ));
    }
    super::block_on(async {
        let admin = client::admin(&given).await?;
        if command == "describe" {
            return describe(out, &given, &admin).await;
        }
        let updates = updates(command, &given)?;
        update(out, command, &admin, updates, given.has("dry-run")).await
    })
}

/// A level of `metadata.version` and the release that brought it.
const RELEASES: &[(i16, &str)] = &[
    (7, "3.3-IV3"),
    (8, "3.4-IV0"),
    (9, "3.5-IV0"),
    (10, "3.5-IV1"),
    (11, "3.5-IV2"),
    (12, "3.6-IV0"),
    (13, "3.6-IV1"),
    (14, "3.6-IV2"),
    (15, "3.7-IV0"),
    (16, "3.7-IV1"),
    (17, "3.7-IV2"),
    (18, "3.7-IV3"),
    (19, "3.7-IV4"),
    (20, "3.8-IV0"),
    (21, "3.9-IV0"),
    (22, "4.0-IV0"),
    (23, "4.0-IV1"),
    (24, "4.0-IV2"),
    (25, "4.0-IV3"),
    (26, "4.1-IV0"),
    (27, "4.1-IV1"),
    (28, "4.2-IV0"),
    (29, "4.2-IV1"),
    (30, "4.3-IV0"),
    (31, "4.4-IV0"),
    (32, "4.4-IV1"),
    (33, "4.4-IV2"),
];

/// The newest level that is meant for use.
const LATEST: i16 = 30;
/// The newest level of all.
const NEWEST: i16 = RELEASES[RELEASES.len() - 1].0;
pub(super) const METADATA_VERSION: &str = "metadata.version";
pub(super) const KRAFT_VERSION: &str = "kraft.version";

struct Feature {
    name: &'static str,
    /// From level 1 on: the level of `metadata.version` that turns it on by itself.
    defaults: &'static [i16],
    /// From level 1 on: the level of `metadata.version` that it needs.
    needs: &'static [Option<i16>],
}

const FEATURES: &[Feature] = &[
    Feature { name: KRAFT_VERSION, defaults: &[21], needs: &[None] },
    Feature { name: "transaction.version", defaults: &[24, 24], needs: &[None, None] },
    Feature { name: "group.version", defaults: &[22], needs: &[None] },
    Feature { name: "eligible.leader.replicas.version", defaults: &[26], needs: &[Some(23)] },
    Feature { name: "share.version", defaults: &[28, 31], needs: &[None, None] },
    Feature { name: "streams.version", defaults: &[29], needs: &[None] },
];

impl Feature {
    /// The level of `metadata.version` that this level of the feature needs. No such level is an error.
    fn needs(&self, level: i16) -> Result<Option<i16>, Stop> {
        match usize::try_from(level).ok().filter(|level| *level <= self.needs.len()) {
            Some(known) => Ok(known.checked_sub(1).and_then(|at| self.needs[at])),
            None => Err(Stop::Failed(format!("No feature:{} with feature level {level}", self.name))),
        }
    }

    fn default_level(&self, metadata_version: i16) -> i16 {
        let on = self.defaults.iter().filter(|needed| **needed <= metadata_version).count();
        i16::try_from(on).unwrap_or(i16::MAX)
    }
}

pub(super) fn release_name(level: i16) -> Option<&'static str> {
    RELEASES.iter().find(|(known, _)| *known == level).map(|(_, name)| *name)
}

/// Whether the settings of a server allow levels that are not meant for use yet.
pub(super) fn is_unstable_enabled(server: &config::Properties) -> bool {
    server
        .get("unstable.feature.versions.enable")
        .is_some_and(|value| value.trim().eq_ignore_ascii_case("true"))
}

const fn newest(is_unstable: bool) -> i16 {
    if is_unstable { NEWEST } else { LATEST }
}

/// `4.0-IV1`, or `4.0` and `4.0.2` for the last level of that release that is meant for use.
pub(super) fn release_level(text: &str, is_unstable: bool) -> Result<i16, Stop> {
    let mut segments = text.split('.');
    let key = match (segments.next(), segments.next(), segments.next()) {
        (Some(major), Some(minor), Some(_)) => format!("{major}.{minor}"),
        _ => text.to_owned(),
    };
    let mut known = RELEASES.iter().rev().filter(|(level, _)| *level <= newest(is_unstable));
    let is_meant = |level: i16, name: &str| {
        name == key || level <= LATEST && name.split_once('-').is_some_and(|(release, _)| release == key)
    };
    known.find(|(level, name)| is_meant(*level, name)).map(|(level, _)| *level).ok_or_else(|| {
        let known: Vec<&str> = RELEASES
            .iter()
            .filter(|(level, _)| *level <= newest(is_unstable))
            .map(|(_, name)| *name)
            .collect();
        let known = known.join(", ");
        Stop::Failed(format!("Unknown metadata.version '{text}'. Supported metadata.version are: {known}"))
    })
}

/// The level of every feature in a cluster that begins with `release`, or the newest; `asked` goes before what the release
/// brings by itself. A dynamic quorum is one whose voters may change.
pub(super) fn first_levels<'a>(
    release: Option<i16>,
    asked: &BTreeMap<&'a str, i16>,
    is_dynamic: bool,
    is_unstable: bool,
) -> Result<BTreeMap<&'a str, i16>, Stop> {
    let release = match (release, asked.get(METADATA_VERSION)) {
        (Some(_), Some(_)) => {
            return Err(Stop::failed(
                "Use --release-version instead of --feature metadata.version=X to avoid ambiguity.",
            ));
        }
        (None, Some(level)) if release_name(*level).is_none() => {
            return Err(Stop::Failed(format!(
                "No MetadataVersion with feature level {level}. Valid feature levels are from 7 to {NEWEST}."
            )));
        }
        (None, Some(level)) => *level,
        (release, None) => release.unwrap_or(newest(is_unstable)),
    };
    if release > newest(is_unstable) {
        let name = release_name(release).unwrap_or_default();
        return Err(Stop::Failed(format!("{METADATA_VERSION} {name} is not yet stable.")));
    }
    let is_known =
        |name: &str| name == METADATA_VERSION || FEATURES.iter().any(|feature| feature.name == name);
    if let Some(name) = asked.keys().find(|name| !is_known(name)) {
        let mut names: Vec<&str> = FEATURES.iter().map(|feature| feature.name).collect();
        names.sort_unstable();
        let names = names.join(", ");
        return Err(Stop::Failed(format!("Unsupported feature: {name}. Supported features are: {names}")));
    }
    let mut levels = BTreeMap::from([(METADATA_VERSION, release)]);
    for feature in FEATURES {
        let by_default = match feature.name {
            KRAFT_VERSION => i16::from(is_dynamic),
            _ => feature.default_level(release),
        };
        levels.insert(feature.name, asked.get(feature.name).copied().unwrap_or(by_default));
    }
    let level = levels[KRAFT_VERSION];
    if level == 0 && is_dynamic {
        return Err(Stop::failed(
            "Cannot set kraft.version to 0 if controller.quorum.voters is empty and one of the flags --standalone, \
             --initial-controllers, or --no-initial-controllers is used. For dynamic controllers support, try removing \
             the --feature flag for kraft.version.",
        ));
    }
    if level != 0 && !is_dynamic {
        return Err(Stop::Failed(format!(
            "Cannot set kraft.version to {level} unless controller.quorum.voters is empty and one of the flags \
             --standalone, --initial-controllers, or --no-initial-controllers is used. For dynamic controllers support, \
             try using one of --standalone, --initial-controllers, or --no-initial-controllers and removing \
             controller.quorum.voters."
        )));
    }
    for feature in FEATURES {
        let (name, level) = (feature.name, levels[feature.name]);
        if let Some(needed) = feature.needs(level)?.filter(|needed| release < *needed) {
            return Err(Stop::Failed(format!(
                "{name} could not be set to {level} because it depends on {METADATA_VERSION} level {needed}"
            )));
        }
    }
    Ok(levels)
}

pub(super) fn version_mapping(out: &mut impl Write, release: Option<&str>) -> Outcome {
    let name = release.unwrap_or_else(|| release_name(LATEST).unwrap_or_default());
    let level = release_level(name, true)?;
    writeln!(out, "{METADATA_VERSION}={level} ({name})")?;
    for feature in FEATURES {
        writeln!(out, "{}={}", feature.name, feature.default_level(level))?;
    }
    Ok(())
}

pub(super) fn dependencies(out: &mut impl Write, given: &Given) -> Outcome {
    for text in given.all("feature") {
        let (name, level) = name_and_level(text)?;
        if name == METADATA_VERSION {
            let Some(release) = release_name(level) else {
                return Err(Stop::Failed(format!("Unknown metadata.version {level}")));
            };
            writeln!(out, "{name}={level} ({release}) has no dependencies.")?;
            continue;
        }
        let Some(feature) = FEATURES.iter().find(|feature| feature.name == name) else {
            return Err(Stop::Failed(format!("Unknown feature: {name}")));
        };
        match feature.needs(level)? {
            None => writeln!(out, "{name}={level} has no dependencies.")?,
            Some(needed) => {
                let release = release_name(needed).unwrap_or_default();
                writeln!(out, "{name}={level} requires:\n    {METADATA_VERSION}={needed} ({release})")?;
            }
        }
    }
    Ok(())
}

pub(super) fn name_and_level(text: &str) -> Result<(&str, i16), Stop> {
    let wrong = |why: String| Stop::Failed(format!("Can't parse feature=level string {text}: {why}"));
    let (name, level) = text.split_once('=').ok_or_else(|| wrong("equals sign not found.".to_owned()))?;
    let level = level.trim();
    let number = level.parse().map_err(|_| wrong(format!("unable to parse {level} as a short.")))?;
    Ok((name.trim(), number))
}

async fn describe(out: &mut impl Write, given: &Given, admin: &Admin) -> Outcome {
    let node: Option<i32> = given.number("node-id")?;
    if let Some(id) = node.filter(|id| *id < 0) {
        return Err(Stop::Failed(format!("Invalid node id {id}: must be non-negative.")));
    }
    let features = admin.describe_features(node.map(NodeId)).await?;
    let epoch = super::render::or_dash(features.finalized_epoch);
    for (name, range) in &features.supported {
        let shown = |level: i16| match name.as_str() {
            METADATA_VERSION => release_name(level).map_or_else(|| format!("UNKNOWN {level}"), str::to_owned),
            _ => level.to_string(),
        };
        let level = features.finalized.get(name).copied().unwrap_or(0);
        let (min, max, level) = (shown(range.min), shown(range.max), shown(level));
        writeln!(
            out,
            "Feature: {name:40}  SupportedMinVersion: {min:15}  SupportedMaxVersion: {max:15}  FinalizedVersionLevel: \
             {level:15}  Epoch: {epoch}"
        )?;
    }
    Ok(())
}

fn updates(command: &str, given: &Given) -> Result<BTreeMap<String, FeatureUpdate>, Stop> {
    let upgrade_type = match (command, given.has("unsafe")) {
        ("upgrade", _) => UpgradeType::Upgrade,
        (_, false) => UpgradeType::SafeDowngrade,
        (_, true) => UpgradeType::UnsafeDowngrade,
    };
    let mut updates = BTreeMap::new();
    let mut add = |name: &str, version_level: i16| {
        let feature = name.to_owned();
        let twice =
            updates.insert(feature.clone(), FeatureUpdate { feature, version_level, upgrade_type }).is_some();
        match twice {
            true => Err(Stop::Failed(format!("Feature {name} was specified more than once."))),
            false => Ok(()),
        }
    };
    if let Some(release) = given.get("release-version")? {
        if given.count(&["metadata", "feature"]) > 0 {
            return Err(Stop::failed("Can not specify `release-version` with other feature flags."));
        }
        let level = release_level(release, true)?;
        add(METADATA_VERSION, level)?;
        for feature in FEATURES {
            let level = feature.default_level(level);
            if upgrade_type != UpgradeType::Upgrade || level > 0 {
                add(feature.name, level)?;
            }
        }
    }
    if let Some(release) = given.get("metadata")? {
        println!(" `metadata` flag is deprecated and may be removed in a future release.");
        add(METADATA_VERSION, release_level(release, true)?)?;
    }
    for text in given.all("feature") {
        let (name, level) = if command == "disable" { (text, 0) } else { name_and_level(text)? };
        add(name, level)?;
    }
    match updates.is_empty() {
        true => Err(Stop::Failed(format!("You must specify at least one feature to {command}"))),
        false => Ok(updates),
    }
}

async fn update(
    out: &mut impl Write,
    command: &str,
    admin: &Admin,
    updates: BTreeMap<String, FeatureUpdate>,
    dry_run: bool,
) -> Outcome {
    let all: Vec<FeatureUpdate> = updates.values().cloned().collect();
    let mut failed = 0;
    for (name, answer) in admin.update_features(&all, dry_run).await {
        let level = updates.get(&name).map_or(0, |update| update.version_level);
        let is_off = command == "disable";
        match answer {
            Err(error) => {
                let how = if dry_run { "Can not" } else { "Could not" };
                let to = if is_off { String::new() } else { format!(" to {level}") };
                writeln!(out, "{how} {command} {name}{to}. {}", errors::message(&error))?;
                failed += 1;
            }
            Ok(()) => {
                let verb = if dry_run { "can be" } else { "was" };
                let done = if is_off { "disabled.".to_owned() } else { format!("{command}d to {level}.") };
                writeln!(out, "{name} {verb} {done}")?;
            }
        }
    }
    match failed {
        0 => Ok(()),
        _ => Err(Stop::Failed(format!("{failed} out of {} operation(s) failed.", updates.len()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_have_levels() {
        for (text, stable, any) in [
            ("4.3-IV0", Some(30), Some(30)),
            ("4.0", Some(25), Some(25)),
            ("3.9.1", Some(21), Some(21)),
            ("3.5-IV1", Some(10), Some(10)),
            ("3.5", Some(11), Some(11)),
            ("4.4-IV0", None, Some(31)),
            ("4.4-IV2", None, Some(33)),
            // A release is known when a level of it is meant for use.
            ("4.4", None, None),
            ("4", None, None),
            ("2.8", None, None),
        ] {
            let levels = [false, true].map(|is_unstable| release_level(text, is_unstable).ok());
            assert_eq!(levels, [stable, any], "{text}");
        }
        let Err(Stop::Failed(why)) = release_level("4.4-IV1", false) else { panic!() };
        assert!(why.starts_with(
            "Unknown metadata.version '4.4-IV1'. Supported metadata.version are: 3.3-IV3, 3.4-IV0,"
        ));
        assert!(why.ends_with(", 4.2-IV1, 4.3-IV0"), "{why}");
    }

    fn levels(
        release: Option<i16>,
        asked: &[(&'static str, i16)],
        is_dynamic: bool,
        is_unstable: bool,
    ) -> String {
        let asked = asked.iter().copied().collect();
        match first_levels(release, &asked, is_dynamic, is_unstable) {
            Ok(levels) => levels
                .into_iter()
                .filter(|(_, level)| *level > 0)
                .map(|(name, level)| format!("{}={level}", name.replace(".version", "")))
                .collect::<Vec<_>>()
                .join(" "),
            Err(Stop::Failed(why)) => why,
            Err(_) => unreachable!("refusals have a text"),
        }
    }

    #[test]
    fn a_cluster_begins_with_what_its_release_brings_or_what_was_asked() {
        const ALL: &str = "eligible.leader.replicas=1 group=1 kraft=1";
        let newest = format!("{ALL} metadata=30 share=1 streams=1 transaction=2");
        let unstable = format!("{ALL} metadata=33 share=2 streams=1 transaction=2");
        let ahead = format!("{ALL} metadata=30 share=2 streams=1 transaction=2");
        for (release, asked, is_dynamic, is_unstable, expected) in [
            (Some(25), &[][..], true, false, "group=1 kraft=1 metadata=25 transaction=2"),
            (Some(25), &[], false, false, "group=1 metadata=25 transaction=2"),
            (None, &[(METADATA_VERSION, 21)], true, false, "kraft=1 metadata=21"),
            (
                Some(25),
                &[("share.version", 1), ("transaction.version", 1)],
                true,
                false,
                "group=1 kraft=1 metadata=25 share=1 transaction=1",
            ),
            (Some(11), &[], false, false, "metadata=11"),
            (None, &[], true, false, &newest),
            (None, &[], true, true, &unstable),
            (None, &[(METADATA_VERSION, 33)], true, true, &unstable),
            // What a feature has is all meant for use.
            (None, &[("share.version", 2)], true, false, &ahead),
        ] {
            assert_eq!(levels(release, asked, is_dynamic, is_unstable), expected, "{release:?} {asked:?}");
        }
    }

    #[test]
    fn what_no_cluster_begins_with_says_why() {
        for (release, asked, is_dynamic, expected) in [
            (
                Some(21),
                &[("eligible.leader.replicas.version", 1)][..],
                true,
                "eligible.leader.replicas.version could not be set to 1 because it depends on metadata.version level 23",
            ),
            (
                Some(25),
                &[(METADATA_VERSION, 25)],
                true,
                "Use --release-version instead of --feature metadata.version=X to avoid ambiguity.",
            ),
            (
                None,
                &[(METADATA_VERSION, 34)],
                true,
                "No MetadataVersion with feature level 34. Valid feature levels are from 7 to 33.",
            ),
            (None, &[(METADATA_VERSION, 31)], true, "metadata.version 4.4-IV0 is not yet stable."),
            (
                None,
                &[("no.such", 1)],
                true,
                "Unsupported feature: no.such. Supported features are: eligible.leader.replicas.version, group.version, \
                 kraft.version, share.version, streams.version, transaction.version",
            ),
            (None, &[("group.version", 2)], true, "No feature:group.version with feature level 2"),
            (None, &[("group.version", -1)], true, "No feature:group.version with feature level -1"),
            (
                None,
                &[(KRAFT_VERSION, 0)],
                true,
                "Cannot set kraft.version to 0 if controller.quorum.voters is empty and one of the flags --standalone, \
                 --initial-controllers, or --no-initial-controllers is used. For dynamic controllers support, try \
                 removing the --feature flag for kraft.version.",
            ),
            (
                None,
                &[(KRAFT_VERSION, 1)],
                false,
                "Cannot set kraft.version to 1 unless controller.quorum.voters is empty and one of the flags \
                 --standalone, --initial-controllers, or --no-initial-controllers is used. For dynamic controllers \
                 support, try using one of --standalone, --initial-controllers, or --no-initial-controllers and removing \
                 controller.quorum.voters.",
            ),
        ] {
            assert_eq!(levels(release, asked, is_dynamic, false), expected, "{release:?} {asked:?}");
        }
    }

    #[test]
    fn a_release_maps_to_features() {
        for (release, expected) in [
            (
                "4.0-IV3",
                "metadata.version=25 (4.0-IV3)\nkraft.version=1\ntransaction.version=2\ngroup.version=1\n\
                 eligible.leader.replicas.version=0\nshare.version=0\nstreams.version=0\n",
            ),
            (
                "4.4-IV0",
                "metadata.version=31 (4.4-IV0)\nkraft.version=1\ntransaction.version=2\ngroup.version=1\n\
                 eligible.leader.replicas.version=1\nshare.version=2\nstreams.version=1\n",
            ),
        ] {
            let mut out = Vec::new();
            version_mapping(&mut out, Some(release)).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
