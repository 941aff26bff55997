package dev.anneal.service.hub;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The Hugging Face Hub, or one that speaks like it.
 *
 * @param endpoint address of the Hub
 * @param token what models that need a permission are asked for with; sent to the endpoint's host alone
 * @param offline whether nothing is pulled, so that only what lies in the cache is there
 * @param allowed ids that may be used; {@code *} stands for any characters
 * @param cacheDir folder in the layout of the Hub's own cache, of this machine. A text, not a path: Spring takes a path that is also the name of a
 *     resource for the resource
 */
@ConfigurationProperties("anneal.hub")
record HubProperties(
        @DefaultValue("https://huggingface.co") URI endpoint,
        @Nullable String token,
        @DefaultValue("true") boolean offline,
        @DefaultValue List<String> allowed,
        String cacheDir) {

    HubProperties {
        allowed = List.copyOf(allowed);
    }

    Path cache() {
        return Path.of(cacheDir);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "HubProperties[endpoint=" + endpoint + ", offline=" + offline + ", allowed=" + allowed + ", cacheDir="
                + cacheDir + "]";
    }
}
