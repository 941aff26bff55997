package dev.anneal.service.platform.secret;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Keys that encrypt stored secrets of clients.
 *
 * @param keys entries {@code id:base64 of 32 bytes}; the first encrypts, all of them decrypt
 */
@ConfigurationProperties("anneal.secrets")
record SecretProperties(@DefaultValue List<String> keys) {

    SecretProperties {
        keys = List.copyOf(keys);
    }

    /** Without the keys. */
    @Override
    public String toString() {
        return "SecretProperties[" + keys.size() + " keys]";
    }
}
