//! Clusters under a name: each profile is a file of client properties, as Kafka's own tools take them too.
//!
//! `PROFILES/NAME.properties`, and `PROFILES/current` with the name that is used when nobody says another. Files are
//! readable by their owner only, because passwords are in them.
use crate::failure::{Exit, Failure};
use config::Properties;
use std::{
    env, fs,
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// The folder of the profiles.
#[derive(Clone, Debug)]
pub(crate) struct Profiles(PathBuf);

impl Profiles {
    /// Those of this user; `None` where there is neither a configuration folder nor a home.
    pub(crate) fn of_user() -> Option<Self> {
        let folder = config_folder(env::var_os("XDG_CONFIG_HOME").map(PathBuf::from), env::home_dir());
        folder.map(|folder| Self(folder.join("mainstem/profiles")))
    }

    #[cfg(test)]
    pub(crate) fn at(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    fn path(&self, name: &str) -> Result<PathBuf, Failure> {
        check_name(name)?;
        Ok(self.0.join(format!("{name}.properties")))
    }

    pub(crate) fn names(&self) -> Result<Vec<String>, Failure> {
        let entries = match fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(|error| unreadable(&self.0, &error))?,
        };
        let name = |entry: io::Result<fs::DirEntry>| {
            entry.ok()?.file_name().to_str()?.strip_suffix(".properties").map(str::to_owned)
        };
        let mut names: Vec<String> = entries.filter_map(name).collect();
        names.sort();
        Ok(names)
    }

    pub(crate) fn get(&self, name: &str) -> Result<Properties, Failure> {
        let path = self.path(name)?;
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(unknown(name)),
            text => text.map_err(|error| unreadable(&path, &error))?,
        };
        config::parse_properties(&text)
            .map_err(|error| Failure::new(Exit::Usage, format!("{}: {error}", path.display())))
    }

    /// Writes a profile that is not there yet.
    pub(crate) fn create(&self, name: &str, properties: &Properties) -> Result<(), Failure> {
        let path = self.path(name)?;
        if path.exists() {
            return Err(Failure::new(Exit::Exists, format!("profile `{name}` already exists"))
                .next_step("`mainstem profile delete` removes it"));
        }
        self.write(&path, &to_text(properties))
    }

    pub(crate) fn delete(&self, name: &str) -> Result<(), Failure> {
        let path = self.path(name)?;
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(unknown(name)),
            Err(error) => return Err(unwritable(&path, &error)),
        }
        if self.current()?.as_deref() == Some(name) {
            let current = self.0.join("current");
            fs::remove_file(&current).map_err(|error| unwritable(&current, &error))?;
        }
        Ok(())
    }

    /// The profile that [`Profiles::choose`] named last.
    pub(crate) fn current(&self) -> Result<Option<String>, Failure> {
        let path = self.0.join("current");
        match fs::read_to_string(&path) {
            Ok(name) => Ok(Some(name.trim().to_owned()).filter(|name| !name.is_empty())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unreadable(&path, &error)),
        }
    }

    pub(crate) fn choose(&self, name: &str) -> Result<(), Failure> {
        if !self.path(name)?.exists() {
            return Err(unknown(name));
        }
        self.write(&self.0.join("current"), &format!("{name}\n"))
    }

    /// Whole or not at all: beside its place first, then renamed.
    fn write(&self, path: &Path, text: &str) -> Result<(), Failure> {
        let beside = path.with_extension("new");
        let written = || {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.0)?;
            match fs::remove_file(&beside) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
            file.write_all(text.as_bytes())?;
            fs::rename(&beside, path)
        };
        written().map_err(|error| unwritable(path, &error))
    }
}

/// A name is a file's name, and stays one.
fn check_name(name: &str) -> Result<(), Failure> {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if name.is_empty() || name.starts_with('.') || !name.chars().all(is_safe) {
        let what = format!("`{name}` cannot be the name of a profile");
        return Err(Failure::new(Exit::Usage, what).next_step("use letters, digits, `-`, `_` and `.`"));
    }
    Ok(())
}

fn unknown(name: &str) -> Failure {
    Failure::new(Exit::NotFound, format!("profile `{name}` does not exist"))
        .next_step("`mainstem profile list` shows what there is")
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(Exit::Other, format!("cannot read {}: {error}", path.display()))
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(Exit::Other, format!("cannot write {}: {error}", path.display()))
}

/// The XDG rule: a relative path in the variable counts as none.
fn config_folder(xdg_config_home: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    let named = xdg_config_home.filter(|path| path.is_absolute());
    named.or_else(|| home.filter(|path| path.is_absolute()).map(|home| home.join(".config")))
}

/// As Java reads it: what `config::parse_properties` turns into the same properties.
fn to_text(properties: &Properties) -> String {
    properties
        .iter()
        .map(|(key, value)| format!("{}={}\n", escaped(key, true), escaped(value, false)))
        .collect()
}

fn escaped(text: &str, is_key: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.chars().enumerate() {
        match c {
            '\\' => out += "\\\\",
            '\n' => out += "\\n",
            '\r' => out += "\\r",
            '\t' => out += "\\t",
            '\x0c' => out += "\\f",
            ' ' if is_key || at == 0 => out += "\\ ",
            '=' | ':' if is_key => out.extend(['\\', c]),
            '#' | '!' if at == 0 => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// Whether the value of a client property is for its owner's eyes only.
pub(crate) fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    // `sasl.oauthbearer.token.endpoint.url` is an address; a key that names a `location` is a path.
    let is_address = key.ends_with(".url") || key.ends_with(".location") || key.ends_with(".path");
    !is_address
        && ["password", "secret", "jaas.config", "ssl.key.pem", "keystore.key", "token", "private.key"]
            .iter()
            .any(|part| key.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn properties(pairs: &[(&str, &str)]) -> Properties {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_profile_from_beginning_to_end() {
        let folder = tempfile::tempdir().unwrap();
        let profiles = Profiles::at(&folder.path().join("deep/profiles"));
        assert!(profiles.names().unwrap().is_empty() && profiles.current().unwrap().is_none());
        let staging = properties(&[("bootstrap.servers", "a:1,b:2"), ("sasl.password", "p=: #\\\n ü")]);
        profiles.create("staging", &staging).unwrap();
        profiles.create("dev", &properties(&[])).unwrap();
        assert_eq!(profiles.names().unwrap(), ["dev", "staging"]);
        assert_eq!(profiles.get("staging").unwrap(), staging);
        assert_eq!(profiles.create("dev", &staging).unwrap_err().exit(), Exit::Exists);
        profiles.choose("staging").unwrap();
        assert_eq!(profiles.current().unwrap().as_deref(), Some("staging"));
        for path in ["staging.properties", "current"] {
            let mode = fs::metadata(profiles.0.join(path)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{path}");
        }
        profiles.delete("staging").unwrap();
        assert_eq!(profiles.current().unwrap(), None);
        for failed in
            [profiles.get("staging").map(drop), profiles.choose("staging"), profiles.delete("staging")]
        {
            assert_eq!(failed.unwrap_err().exit(), Exit::NotFound);
        }
    }

    #[test]
    fn a_name_is_no_path() {
        for name in ["", ".", "..", ".hidden", "a/b", "../a", "a b", "ü"] {
            assert!(check_name(name).is_err(), "{name}");
        }
        for name in ["dev", "eu-west-1.prod", "A_1"] {
            assert!(check_name(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for (key, value) in [
            ("a", ""),
            ("a b", " x "),
            ("#a", "#b"),
            ("a=b", "c=d"),
            ("a:b", "\t\n"),
            ("!", "\\u0041"),
            ("é", "日本"),
        ] {
            let one = properties(&[(key, value)]);
            assert_eq!(config::parse_properties(&to_text(&one)).unwrap(), one, "{key} {value}");
        }
    }

    #[test]
    fn secrets_are_known_by_their_key() {
        for (key, secret) in [
            ("sasl.password", true),
            ("sasl.jaas.config", true),
            ("ssl.keystore.password", true),
            ("ssl.key.pem", true),
            ("ssl.keystore.key", true),
            ("sasl.oauthbearer.client.secret", true),
            ("sasl.oauthbearer.token.endpoint.url", false),
            ("sasl.username", false),
            ("ssl.ca.location", false),
            ("ssl.key.location", false),
            ("bootstrap.servers", false),
        ] {
            assert_eq!(is_secret(key), secret, "{key}");
        }
    }

    #[test]
    fn profiles_are_in_the_users_folder() {
        for (xdg, home, expected) in [
            (Some("/x"), Some("/h"), Some("/x")),
            (None, Some("/h"), Some("/h/.config")),
            (Some("relative"), Some("/h"), Some("/h/.config")),
            (None, None, None),
        ] {
            let found = config_folder(xdg.map(PathBuf::from), home.map(PathBuf::from));
            assert_eq!(found, expected.map(PathBuf::from));
        }
    }
}
