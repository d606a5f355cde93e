//! The settings of TLS and SASL: many keys, one decision, so they are collected first and judged together.
use super::{Error, Setting, Value, jaas::Jaas, secret, setting};
use crate::{
    Config,
    sasl::{Claim, Extensions, Sasl, Scram, UnsecuredTokens},
    tls::{Form, Identity, Opening, Pem, Roots, Tls},
};
use security::{Mechanism, scram::Hash};
use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

/// What was given so far.
#[derive(Default)]
pub(super) struct Draft {
    protocol: Option<Protocol>,
    mechanism: Option<Mechanism>,
    username: Option<String>,
    password: Option<String>,
    jaas: Option<Jaas>,
    oauth: Option<BTreeMap<String, String>>,
    is_unsecured: bool,
    extensions: Extensions,
    roots: Option<Pem>,
    keystore: Option<Pem>,
    certificates: Option<Pem>,
    key: Option<Pem>,
    any_host: bool,
    truststore_opening: Opening,
    keystore_opening: Opening,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Plaintext,
    Ssl,
    SaslPlaintext,
    SaslSsl,
}

pub(super) const SETTINGS: &[Setting<Draft>] = &[
    setting("security.protocol", &[], |d, v| {
        let words = [
            ("PLAINTEXT", Some(Protocol::Plaintext)),
            ("SSL", Some(Protocol::Ssl)),
            ("SASL_PLAINTEXT", Some(Protocol::SaslPlaintext)),
            ("SASL_SSL", Some(Protocol::SaslSsl)),
        ];
        v.choice(&mut d.protocol, &words)
    }),
    setting("sasl.mechanism", &["sasl.mechanisms"], |d, v| {
        v.choice(&mut d.mechanism, &Mechanism::ALL.map(|mechanism| (mechanism.name(), Some(mechanism))))
    }),
    setting("sasl.username", &[], |d, v| v.optional_text(&mut d.username)),
    secret("sasl.password", &[], |d, v| v.optional_text(&mut d.password)),
    secret("sasl.jaas.config", &[], |d, v| {
        d.jaas = Some(Jaas::parse(v.as_str())?);
        Ok(())
    }),
    setting("sasl.oauthbearer.config", &[], |d, v| {
        d.oauth = Some(pairs(v.as_str().split_whitespace())?);
        Ok(())
    }),
    setting("sasl.oauthbearer.extensions", &[], |d, v| {
        d.extensions = pairs(v.list())?;
        Ok(())
    }),
    setting("enable.sasl.oauthbearer.unsecure.jwt", &[], |d, v| v.flag(&mut d.is_unsecured)),
    setting("sasl.oauthbearer.method", &[], |_, v| {
        v.choice(&mut (), &[("default", ())]).map_err(|_| {
            "`default`: tokens are not fetched over HTTP; a program gives a token provider in code".to_owned()
        })
    }),
    setting("ssl.ca.location", &["ssl.truststore.location"], |d, v| file(&mut d.roots, v)),
    secret("ssl.ca.pem", &["ssl.truststore.certificates", "ssl_ca"], |d, v| text(&mut d.roots, v)),
    setting("ssl.truststore.type", &[], |d, v| form(&mut d.truststore_opening, v)),
    secret("ssl.truststore.password", &[], |d, v| password(&mut d.truststore_opening.password, v)),
    setting("ssl.keystore.location", &[], |d, v| file(&mut d.keystore, v)),
    setting("ssl.keystore.type", &[], |d, v| form(&mut d.keystore_opening, v)),
    secret("ssl.keystore.password", &[], |d, v| password(&mut d.keystore_opening.password, v)),
    setting("ssl.certificate.location", &[], |d, v| file(&mut d.certificates, v)),
    secret("ssl.certificate.pem", &["ssl.keystore.certificate.chain", "ssl_certificate"], |d, v| {
        text(&mut d.certificates, v)
    }),
    setting("ssl.key.location", &[], |d, v| file(&mut d.key, v)),
    secret("ssl.key.pem", &["ssl.keystore.key", "ssl_key"], |d, v| text(&mut d.key, v)),
    secret("ssl.key.password", &[], |d, v| password(&mut d.keystore_opening.key_password, v)),
    setting("ssl.endpoint.identification.algorithm", &[], |d, v| {
        v.choice(&mut d.any_host, &[("https", false), ("none", true), ("", true)])
            .map_err(|_| "`https`, or nothing or `none` to accept a certificate of any name".to_owned())
    }),
    setting("enable.ssl.certificate.verification", &[], |_, v| {
        v.choice(&mut (), &[("true", ())]).map_err(|_| {
            "`true`: certificates are always checked; name their issuer with `ssl.ca.location`".to_owned()
        })
    }),
];

fn file(field: &mut Option<Pem>, value: Value<'_>) -> Result<(), String> {
    // librdkafka's word for the issuers of the system, which are the default.
    if !matches!(value.as_str(), "" | "probe") {
        *field = Some(Pem::File(PathBuf::from(value.as_str())));
    }
    Ok(())
}

fn text(field: &mut Option<Pem>, value: Value<'_>) -> Result<(), String> {
    if !value.as_str().is_empty() {
        *field = Some(Pem::Text(value.as_str().to_owned()));
    }
    Ok(())
}

/// A store without a password has an empty one in some files.
fn password(field: &mut Option<String>, value: Value<'_>) -> Result<(), String> {
    *field = Some(value.as_str().to_owned()).filter(|password| !password.is_empty());
    Ok(())
}

fn form(opening: &mut Opening, value: Value<'_>) -> Result<(), String> {
    let forms = [("JKS", Some(Form::Java)), ("PKCS12", Some(Form::Java)), ("PEM", Some(Form::Pem))];
    value.choice(&mut opening.form, &forms).map_err(|_| {
        "`JKS`, `PKCS12` or `PEM`; `keytool -importkeystore -srckeystore STORE -destkeystore store.p12 \
         -deststoretype PKCS12` converts another"
            .to_owned()
    })
}

fn pairs<'a>(words: impl Iterator<Item = &'a str>) -> Result<BTreeMap<String, String>, String> {
    let pair = |word: &str| word.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    words.map(pair).collect::<Option<_>>().ok_or_else(|| "pairs of NAME=VALUE".to_owned())
}

impl Draft {
    /// Into the fields of the configuration. What a program has set in code stands where no key says otherwise.
    pub(super) fn finish(self, config: &mut Config) -> Result<(), Error> {
        let Some(protocol) = self.protocol else { return self.finish_without_protocol(config) };
        let is_encrypted = matches!(protocol, Protocol::Ssl | Protocol::SaslSsl);
        let has_sasl = matches!(protocol, Protocol::SaslPlaintext | Protocol::SaslSsl);
        let sasl = if has_sasl { Some(self.sasl(config.sasl.take())?) } else { None };
        config.tls = if is_encrypted { Some(self.tls(config.tls.take().unwrap_or_default())?) } else { None };
        config.sasl = sasl;
        Ok(())
    }

    /// Kafka's default is PLAINTEXT; what else was given would silently do nothing, and somebody meant it.
    fn finish_without_protocol(self, config: &Config) -> Result<(), Error> {
        let is_set_in_code = config.tls.is_some() || config.sasl.is_some();
        let first = if self.mechanism.is_some() {
            "sasl.mechanism"
        } else if self.jaas.is_some() {
            "sasl.jaas.config"
        } else if self.username.is_some() {
            "sasl.username"
        } else if self.roots.is_some() {
            "ssl.ca.location"
        } else if self.keystore.is_some() || self.certificates.is_some() {
            "ssl.keystore.location"
        } else {
            return Ok(());
        };
        if is_set_in_code {
            return Ok(());
        }
        let because = format!(", as its default PLAINTEXT makes no use of `{first}`");
        Err(Error::Missing { key: "security.protocol", because })
    }

    fn tls(&self, mut tls: Tls) -> Result<Tls, Error> {
        if let Some(pem) = &self.roots {
            tls.roots = Roots::Pem(pem.clone());
            tls.roots_opening = self.truststore_opening.clone();
        }
        if self.any_host {
            tls.check_host_name = false;
        }
        let certificates = self.certificates.as_ref().or(self.keystore.as_ref());
        let key = self.key.as_ref().or(self.keystore.as_ref());
        match (certificates, key) {
            (Some(certificates), Some(key)) => {
                tls.identity = Some(Identity { certificates: certificates.clone(), key: key.clone() });
                tls.identity_opening = self.keystore_opening.clone();
                if self.certificates.is_some() || self.key.is_some() {
                    // The type is that of the key store alone.
                    tls.identity_opening.form = None;
                }
            }
            (None, None) => {}
            (Some(_), None) => {
                let because = ", as a certificate is of no use without its key".to_owned();
                return Err(Error::Missing { key: "ssl.key.location", because });
            }
            (None, Some(_)) => {
                let because = ", as a key is of no use without its certificate".to_owned();
                return Err(Error::Missing { key: "ssl.certificate.location", because });
            }
        }
        Ok(tls)
    }

    fn sasl(&self, in_code: Option<Sasl>) -> Result<Sasl, Error> {
        let Some(mechanism) = self.mechanism else {
            let because = ", as its default GSSAPI is not offered".to_owned();
            return in_code.ok_or(Error::Missing { key: "sasl.mechanism", because });
        };
        let in_code = in_code.filter(|sasl| sasl.mechanism() == mechanism);
        match mechanism {
            Mechanism::OauthBearer => match self.unsecured_tokens()? {
                Some(tokens) => Ok(Sasl::OauthBearer(Arc::new(tokens))),
                None => in_code.ok_or_else(|| Error::Missing {
                    key: "sasl.jaas.config",
                    because: " with `unsecuredLoginStringClaim_sub` for a token that nobody signed; for a real one a \
                              program gives a token provider in code"
                        .to_owned(),
                }),
            },
            Mechanism::Plain => {
                let Some((username, password, _)) = self.user("PlainLoginModule", in_code.is_some())? else {
                    return Ok(in_code.expect("a user is only left out where code gave one"));
                };
                Ok(Sasl::Plain { username, password: password.into() })
            }
            Mechanism::Scram(hash) => {
                let Some((username, password, is_token)) = self.user("ScramLoginModule", in_code.is_some())? else {
                    return Ok(in_code.expect("a user is only left out where code gave one"));
                };
                let scram = Scram { username, password: password.into(), is_delegation_token: is_token };
                Ok(match hash {
                    Hash::Sha256 => Sasl::ScramSha256(scram),
                    Hash::Sha512 => Sasl::ScramSha512(scram),
                })
            }
        }
    }

    /// User, password, and whether they are of a delegation token. `None` only if that `may_miss`.
    fn user(&self, module: &'static str, may_miss: bool) -> Result<Option<(String, String, bool)>, Error> {
        let jaas = self.jaas_of(module)?;
        let of_jaas = |name: &str| jaas.and_then(|jaas| jaas.options.get(name).cloned());
        let username = self.username.clone().or_else(|| of_jaas("username"));
        let password = self.password.clone().or_else(|| of_jaas("password"));
        let is_token = of_jaas("tokenauth").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let because = || ", or `sasl.jaas.config` with both user and password".to_owned();
        match (username, password) {
            (Some(username), Some(password)) => Ok(Some((username, password, is_token))),
            (None, None) if may_miss => Ok(None),
            (None, _) => Err(Error::Missing { key: "sasl.username", because: because() }),
            (_, None) => Err(Error::Missing { key: "sasl.password", because: because() }),
        }
    }

    /// The login module, which must be the one of the mechanism.
    fn jaas_of(&self, module: &'static str) -> Result<Option<&Jaas>, Error> {
        match &self.jaas {
            Some(jaas) if jaas.module != module => Err(Error::Conflict {
                first: "sasl.mechanism",
                second: "sasl.jaas.config",
                reason: format!("the mechanism wants {module}, the configuration has {}", jaas.module),
            }),
            jaas => Ok(jaas.as_ref()),
        }
    }

    fn unsecured_tokens(&self) -> Result<Option<UnsecuredTokens>, Error> {
        let jaas = self.jaas_of("OAuthBearerLoginModule")?;
        let mut tokens = match (&self.oauth, jaas) {
            (Some(pairs), _) if self.is_unsecured => of_librdkafka(pairs)?,
            (Some(_), _) => {
                return Err(Error::Missing {
                    key: "enable.sasl.oauthbearer.unsecure.jwt",
                    because: ", as `sasl.oauthbearer.config` makes tokens that nobody signed".to_owned(),
                });
            }
            (None, Some(jaas)) => match of_java(jaas)? {
                Some(tokens) => tokens,
                None => return Ok(None),
            },
            (None, None) => return Ok(None),
        };
        tokens.extensions.extend(self.extensions.clone());
        Ok(Some(tokens))
    }
}

/// As the unsecured login of Java reads its options. `None` if there are none.
fn of_java(jaas: &Jaas) -> Result<Option<UnsecuredTokens>, Error> {
    let bad = |key: &str, expected: &str| Error::BadValue {
        key: "sasl.jaas.config".to_owned(),
        value: key.to_owned(),
        expected: expected.to_owned(),
    };
    let mut tokens = UnsecuredTokens {
        claims: BTreeMap::new(),
        lifetime: Duration::from_secs(3600),
        extensions: Extensions::new(),
    };
    for (option, value) in &jaas.options {
        let (kind, name) = option.split_once('_').unwrap_or((option, ""));
        let claim = match kind {
            "unsecuredLoginStringClaim" => Claim::Text(value.clone()),
            "unsecuredLoginNumberClaim" => {
                let number = value.parse().ok().filter(|number: &f64| number.is_finite());
                Claim::Number(number.ok_or_else(|| bad(option, "a number as its value"))?)
            }
            // The first character separates the others.
            "unsecuredLoginListClaim" => {
                let separator = value
                    .chars()
                    .next()
                    .ok_or_else(|| bad(option, "a list that begins with its separator"))?;
                let list = value[separator.len_utf8()..].split(separator);
                Claim::List(list.filter(|part| !part.is_empty()).map(str::to_owned).collect())
            }
            "unsecuredLoginLifetimeSeconds" => {
                let seconds = value.parse().map_err(|_| bad(option, "a whole number as its value"))?;
                tokens.lifetime = Duration::from_secs(seconds);
                continue;
            }
            "unsecuredLoginExtension" => {
                tokens.extensions.insert(name.to_owned(), value.clone());
                continue;
            }
            _ => continue,
        };
        tokens.claims.insert(name.to_owned(), claim);
    }
    Ok(Some(tokens).filter(|tokens| !tokens.claims.is_empty()))
}

/// As librdkafka reads `sasl.oauthbearer.config`.
fn of_librdkafka(pairs: &BTreeMap<String, String>) -> Result<UnsecuredTokens, Error> {
    let bad = |value: &str, expected: &str| Error::BadValue {
        key: "sasl.oauthbearer.config".to_owned(),
        value: value.to_owned(),
        expected: expected.to_owned(),
    };
    let get = |name: &str| pairs.get(name).map(String::as_str);
    let principal = get("principal").ok_or_else(|| bad("...", "`principal=NAME` in it"))?;
    let claim = get("principalClaimName").unwrap_or("sub");
    let mut claims = BTreeMap::from([(claim.to_owned(), Claim::Text(principal.to_owned()))]);
    if let Some(scope) = get("scope") {
        let list = scope.split(',').map(str::to_owned).collect();
        claims.insert(get("scopeClaimName").unwrap_or("scope").to_owned(), Claim::List(list));
    }
    let seconds = get("lifeSeconds").map_or(Ok(3600), str::parse);
    let seconds =
        seconds.map_err(|_| bad(get("lifeSeconds").unwrap_or_default(), "whole seconds in `lifeSeconds`"))?;
    let extensions = pairs.iter().filter_map(|(name, value)| Some((name.strip_prefix("extension_")?, value)));
    let extensions = extensions.map(|(name, value)| (name.to_owned(), value.clone())).collect();
    Ok(UnsecuredTokens { claims, lifetime: Duration::from_secs(seconds), extensions })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Properties;

    fn apply(text: &str) -> Result<Config, Error> {
        let mut config = Config::new(Vec::new());
        Properties::parse(text).unwrap().apply(&mut config)?;
        Ok(config)
    }

    const PLAIN: &str = "org.apache.kafka.common.security.plain.PlainLoginModule";
    const SCRAM: &str = "org.apache.kafka.common.security.scram.ScramLoginModule";
    const OAUTH: &str = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule";

    #[test]
    fn both_families_make_the_same_credentials() {
        let user = "username=\"u\" password=\"p\"";
        for (java, librdkafka) in [
            (
                format!(
                    "security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.jaas.config={PLAIN} required {user};"
                ),
                "security.protocol=sasl_ssl\nsasl.mechanisms=PLAIN\nsasl.username=u\nsasl.password=p",
            ),
            (
                format!(
                    "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-512\n\
                     sasl.jaas.config={SCRAM} required {user};"
                ),
                "security.protocol=sasl_plaintext\nsasl.mechanisms=SCRAM-SHA-512\nsasl.username=u\nsasl.password=p",
            ),
            (
                format!(
                    "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=OAUTHBEARER\nsasl.jaas.config={OAUTH} required \
                     unsecuredLoginStringClaim_sub=\"alice\" unsecuredLoginListClaim_scope=\",a,b\" \
                     unsecuredLoginLifetimeSeconds=\"60\" unsecuredLoginExtension_traceId=\"7\";"
                ),
                "security.protocol=sasl_plaintext\nsasl.mechanisms=OAUTHBEARER\n\
                 enable.sasl.oauthbearer.unsecure.jwt=true\n\
                 sasl.oauthbearer.config=principal=alice scope=a,b lifeSeconds=60 extension_traceId=7",
            ),
            (
                "security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.location=/ca.pem".to_owned(),
                "security.protocol=ssl\nssl.truststore.type=pem\nssl.ca.location=/ca.pem",
            ),
            (
                "security.protocol=SSL\nssl.keystore.location=/me.pem".to_owned(),
                "security.protocol=ssl\nssl.certificate.location=/me.pem\nssl.key.location=/me.pem",
            ),
            (
                "security.protocol=SSL\nssl.endpoint.identification.algorithm=".to_owned(),
                "security.protocol=ssl\nssl.endpoint.identification.algorithm=none",
            ),
        ] {
            let [java, librdkafka] = [java.as_str(), librdkafka].map(|text| {
                let config = apply(text).unwrap_or_else(|error| panic!("{text}: {error}"));
                format!("{:?} {:?}", config.tls, config.sasl)
            });
            assert_eq!(java, librdkafka);
        }
    }

    #[test]
    fn the_protocol_says_what_is_used() {
        for (protocol, is_encrypted, has_sasl) in [
            ("PLAINTEXT", false, false),
            ("SSL", true, false),
            ("SASL_PLAINTEXT", false, true),
            ("SASL_SSL", true, true),
        ] {
            let rest = "sasl.mechanism=PLAIN\nsasl.username=u\nsasl.password=p\nssl.ca.location=/ca.pem";
            let config = apply(&format!("security.protocol={protocol}\n{rest}")).unwrap();
            assert_eq!((config.tls.is_some(), config.sasl.is_some()), (is_encrypted, has_sasl), "{protocol}");
        }
    }

    #[test]
    fn what_code_has_set_stands_where_no_key_says_otherwise() {
        let mut config = Config::new(Vec::new());
        config.sasl = Some(Sasl::OauthBearer(Arc::new(UnsecuredTokens::of("alice"))));
        let text = "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=OAUTHBEARER";
        Properties::parse(text).unwrap().apply(&mut config).unwrap();
        assert!(matches!(config.sasl, Some(Sasl::OauthBearer(_))));
    }

    #[test]
    fn what_is_missing_or_does_not_fit_is_named_and_secrets_are_not() {
        let sasl = "security.protocol=SASL_SSL\n";
        for (text, said) in [
            ("sasl.mechanism=PLAIN".to_owned(), "`security.protocol` is required, as its default PLAINTEXT"),
            ("ssl.ca.location=/ca".to_owned(), "`security.protocol` is required"),
            (sasl.to_owned(), "`sasl.mechanism` is required, as its default GSSAPI is not offered"),
            (
                format!("{sasl}sasl.mechanism=GSSAPI"),
                "`sasl.mechanism`: value `GSSAPI` cannot be used: expected one of PLAIN, SCRAM-SHA-256",
            ),
            (format!("{sasl}sasl.mechanism=PLAIN"), "`sasl.username` is required, or `sasl.jaas.config`"),
            (format!("{sasl}sasl.mechanism=PLAIN\nsasl.username=u"), "`sasl.password` is required"),
            (
                format!(
                    "{sasl}sasl.mechanism=PLAIN\nsasl.jaas.config={SCRAM} required username=u password=geheim;"
                ),
                "the mechanism wants PlainLoginModule, the configuration has ScramLoginModule",
            ),
            (
                format!(
                    "{sasl}sasl.mechanism=PLAIN\nsasl.jaas.config={PLAIN} required username=u password=\"geheim;"
                ),
                "`sasl.jaas.config`: value `[hidden]` cannot be used: expected a login module",
            ),
            (format!("{sasl}sasl.mechanism=OAUTHBEARER"), "a program gives a token provider in code"),
            (
                format!("{sasl}sasl.mechanism=OAUTHBEARER\nsasl.oauthbearer.config=principal=a"),
                "`enable.sasl.oauthbearer.unsecure.jwt` is required",
            ),
            ("security.protocol=SSL\nssl.truststore.type=JCEKS".to_owned(), "`JKS`, `PKCS12` or `PEM`"),
            ("security.protocol=SSL\nssl.keystore.type=BCFKS".to_owned(), "keytool -importkeystore"),
            (
                "security.protocol=SSL\nssl.certificate.location=/a".to_owned(),
                "`ssl.key.location` is required",
            ),
            (
                "security.protocol=SSL\nssl.key.location=/a".to_owned(),
                "`ssl.certificate.location` is required",
            ),
            ("enable.ssl.certificate.verification=false".to_owned(), "certificates are always checked"),
            ("security.protocol=TLS".to_owned(), "one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL"),
        ] {
            let error = apply(&text).err().unwrap_or_else(|| panic!("{text}")).to_string();
            assert!(error.contains(said) && !error.contains("geheim"), "{text}: {error}");
        }
    }
}
