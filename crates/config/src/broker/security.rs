//! TLS, SASL, principals and delegation tokens.

use crate::{Scope, known};

known! {
    pub(super) fn known: Scope::Broker {
        /// Longest life of a SASL session before the client must authenticate again (KIP-368); 0 asks for no
        /// second time.
        "connections.max.reauth.ms": LONG = "0";
        /// Time between two looks for expired delegation tokens.
        "delegation.token.expiry.check.interval.ms": LONG = "3600000", at_least(1), LOW;
        /// How long a delegation token is good without renewal.
        "delegation.token.expiry.time.ms": LONG = "86400000", at_least(1);
        /// How long a delegation token is good with any number of renewals.
        "delegation.token.max.lifetime.ms": LONG = "604800000", at_least(1);
        /// Secret with which delegation tokens are signed; the same on all nodes.
        "delegation.token.secret.key": PASSWORD;
        /// Java class that turns a connection's credentials into a principal. There are no Java plug-ins
        /// here.
        "principal.builder.class": CLASS =
            "org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder", PER_BROKER, MEANINGLESS;
        /// Java class that supplies SASL credentials. There are no Java plug-ins here.
        "sasl.client.callback.handler.class": CLASS, MEANINGLESS;
        /// SASL mechanisms that listeners accept.
        "sasl.enabled.mechanisms": LIST = "GSSAPI", PER_BROKER;
        /// Login of a SASL mechanism, in the JAAS form. Given with a prefix of listener and mechanism.
        "sasl.jaas.config": PASSWORD, PER_BROKER;
        /// Where `kinit` is.
        "sasl.kerberos.kinit.cmd": STRING = "/usr/bin/kinit", PER_BROKER;
        /// Shortest time between two Kerberos logins.
        "sasl.kerberos.min.time.before.relogin": LONG = "60000", PER_BROKER;
        /// Rules that make short names of Kerberos principals, tried in order.
        "sasl.kerberos.principal.to.local.rules": LIST = "DEFAULT", PER_BROKER;
        /// The Kerberos service's name.
        "sasl.kerberos.service.name": STRING, PER_BROKER;
        /// Share by which the renewal time varies at random.
        "sasl.kerberos.ticket.renew.jitter": DOUBLE = "0.05", PER_BROKER;
        /// Part of a ticket's life after which it is renewed.
        "sasl.kerberos.ticket.renew.window.factor": DOUBLE = "0.8", PER_BROKER;
        /// Java class for a login's callbacks. There are no Java plug-ins here.
        "sasl.login.callback.handler.class": CLASS, MEANINGLESS;
        /// Java class for a login. There are no Java plug-ins here.
        "sasl.login.class": CLASS, MEANINGLESS;
        /// How long connecting to an identity provider may take.
        "sasl.login.connect.timeout.ms": INT, LOW;
        /// How long an answer of an identity provider may take.
        "sasl.login.read.timeout.ms": INT, LOW;
        /// Seconds before a token's end by which it should be refreshed.
        "sasl.login.refresh.buffer.seconds": SHORT = "300", PER_BROKER;
        /// Shortest time between two refreshes of a token, in seconds.
        "sasl.login.refresh.min.period.seconds": SHORT = "60", PER_BROKER;
        /// Part of a token's life after which it is refreshed.
        "sasl.login.refresh.window.factor": DOUBLE = "0.8", PER_BROKER;
        /// Share by which the refresh time varies at random.
        "sasl.login.refresh.window.jitter": DOUBLE = "0.05", PER_BROKER;
        /// Longest such pause.
        "sasl.login.retry.backoff.max.ms": LONG = "10000", LOW;
        /// First pause after a failed call to an identity provider.
        "sasl.login.retry.backoff.ms": LONG = "100", LOW;
        /// SASL mechanism that brokers use towards controllers.
        "sasl.mechanism.controller.protocol": STRING = "GSSAPI", HIGH;
        /// SASL mechanism that brokers use among themselves.
        "sasl.mechanism.inter.broker.protocol": STRING = "GSSAPI", PER_BROKER;
        /// Whether a token's audience may go unchecked.
        "sasl.oauthbearer.allow.unverified.audience": BOOLEAN = "false";
        /// Whether a token's issuer may go unchecked.
        "sasl.oauthbearer.allow.unverified.issuer": BOOLEAN = "false";
        /// Algorithm with which a client assertion is signed.
        "sasl.oauthbearer.assertion.algorithm": STRING = "RS256", one_of_ignoring_case(&["ES256", "RS256"]);
        /// Audience claimed in an assertion.
        "sasl.oauthbearer.assertion.claim.aud": STRING;
        /// Seconds after which an assertion is no longer good.
        "sasl.oauthbearer.assertion.claim.exp.seconds": INT = "300", between(0, 86_400), LOW;
        /// Issuer claimed in an assertion.
        "sasl.oauthbearer.assertion.claim.iss": STRING;
        /// Whether an assertion carries an id of its own.
        "sasl.oauthbearer.assertion.claim.jti.include": BOOLEAN = "false";
        /// Seconds in the past from which an assertion is good.
        "sasl.oauthbearer.assertion.claim.nbf.seconds": INT = "60", between(0, 3600), LOW;
        /// Subject claimed in an assertion.
        "sasl.oauthbearer.assertion.claim.sub": STRING;
        /// File that holds a ready assertion.
        "sasl.oauthbearer.assertion.file": STRING;
        /// File that holds the key with which assertions are signed.
        "sasl.oauthbearer.assertion.private.key.file": STRING;
        /// Passphrase of that key.
        "sasl.oauthbearer.assertion.private.key.passphrase": PASSWORD;
        /// File with further claims for assertions.
        "sasl.oauthbearer.assertion.template.file": STRING;
        /// Client id for the client credentials grant.
        "sasl.oauthbearer.client.credentials.client.id": STRING;
        /// Client secret for the client credentials grant.
        "sasl.oauthbearer.client.credentials.client.secret": PASSWORD;
        /// Seconds by which the clocks of broker and identity provider may differ.
        "sasl.oauthbearer.clock.skew.seconds": INT = "30", LOW;
        /// Audiences of which a token must name one.
        "sasl.oauthbearer.expected.audience": LIST = "", HIGH;
        /// Issuer that a token must come from.
        "sasl.oauthbearer.expected.issuer": STRING, HIGH;
        /// Time between two fetches of the identity provider's keys.
        "sasl.oauthbearer.jwks.endpoint.refresh.ms": LONG = "3600000", LOW;
        /// Longest such pause.
        "sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms": LONG = "10000", LOW;
        /// First pause after a failed fetch of keys.
        "sasl.oauthbearer.jwks.endpoint.retry.backoff.ms": LONG = "100", LOW;
        /// Where the identity provider's keys are.
        "sasl.oauthbearer.jwks.endpoint.url": STRING;
        /// Java class that fetches tokens. There are no Java plug-ins here.
        "sasl.oauthbearer.jwt.retriever.class": CLASS =
            "org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever", MEANINGLESS;
        /// Java class that checks tokens. There are no Java plug-ins here.
        "sasl.oauthbearer.jwt.validator.class": CLASS =
            "org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator", MEANINGLESS;
        /// Scope asked for with a token.
        "sasl.oauthbearer.scope": STRING;
        /// Claim that holds a token's scope.
        "sasl.oauthbearer.scope.claim.name": STRING = "scope", LOW;
        /// Claim that holds a token's subject.
        "sasl.oauthbearer.sub.claim.name": STRING = "sub", LOW;
        /// Where tokens are fetched.
        "sasl.oauthbearer.token.endpoint.url": STRING;
        /// Java class that checks SASL credentials. There are no Java plug-ins here.
        "sasl.server.callback.handler.class": CLASS, MEANINGLESS;
        /// Most bytes a client may send in one step before it is authenticated.
        "sasl.server.max.receive.size": INT = "524288";
        /// Java security providers. There are none here.
        "security.providers": STRING, LOW;
        /// Whether a renewed certificate may have another distinguished name.
        "ssl.allow.dn.changes": BOOLEAN = "false", LOW;
        /// Whether a renewed certificate may have other alternative names.
        "ssl.allow.san.changes": BOOLEAN = "false", LOW;
        /// TLS cipher suites that are offered; an empty list leaves the choice to the library.
        "ssl.cipher.suites": LIST = "", PER_BROKER;
        /// Whether clients show a certificate: `required`, `requested` or `none`.
        "ssl.client.auth": STRING = "none", one_of(&["required", "requested", "none"]), PER_BROKER;
        /// TLS versions that are accepted.
        "ssl.enabled.protocols": LIST = "TLSv1.2,TLSv1.3", PER_BROKER;
        /// How a server's name is checked against its certificate; an empty text does not check it.
        "ssl.endpoint.identification.algorithm": STRING = "https", LOW, PER_BROKER;
        /// Java class that makes TLS engines. There are no Java plug-ins here.
        "ssl.engine.factory.class": CLASS, LOW, PER_BROKER, MEANINGLESS;
        /// Password of the private key.
        "ssl.key.password": PASSWORD, PER_BROKER;
        /// Algorithm of Java's key manager.
        "ssl.keymanager.algorithm": STRING = "SunX509", PER_BROKER;
        /// Certificate chain in PEM form.
        "ssl.keystore.certificate.chain": PASSWORD, PER_BROKER;
        /// Private key in PEM form.
        "ssl.keystore.key": PASSWORD, PER_BROKER;
        /// File that holds key and certificate.
        "ssl.keystore.location": STRING, PER_BROKER;
        /// Password of that file.
        "ssl.keystore.password": PASSWORD, PER_BROKER;
        /// Form of that file, such as `PEM`, `PKCS12` or `JKS`.
        "ssl.keystore.type": STRING = "JKS", PER_BROKER;
        /// Rules that make a principal's name from a certificate's distinguished name, tried in order.
        "ssl.principal.mapping.rules": STRING = "DEFAULT", LOW;
        /// TLS version that is offered first.
        "ssl.protocol": STRING = "TLSv1.3", PER_BROKER;
        /// Java security provider for TLS.
        "ssl.provider": STRING, PER_BROKER;
        /// Source of random numbers for TLS in Java.
        "ssl.secure.random.implementation": STRING, LOW, PER_BROKER;
        /// Algorithm of Java's trust manager.
        "ssl.trustmanager.algorithm": STRING = "PKIX", PER_BROKER;
        /// Trusted certificates in PEM form.
        "ssl.truststore.certificates": PASSWORD, PER_BROKER;
        /// File that holds trusted certificates.
        "ssl.truststore.location": STRING, PER_BROKER;
        /// Password of that file.
        "ssl.truststore.password": PASSWORD, PER_BROKER;
        /// Form of that file, such as `PEM`, `PKCS12` or `JKS`.
        "ssl.truststore.type": STRING = "JKS", PER_BROKER;
    }
}
