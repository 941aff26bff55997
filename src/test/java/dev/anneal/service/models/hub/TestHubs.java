package dev.anneal.service.models.hub;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** Gives tests of other rooms a Hub that allows no model, which neither database nor network is asked for. */
public final class TestHubs {

    private TestHubs() {}

    /** @param cache an empty folder, or none */
    @SuppressWarnings("NullAway")
    public static HubSource none(Path cache) {
        HubProperties properties = new HubProperties(
                URI.create("https://hub.invalid"), null, true, List.of(), null, List.of(), List.of(), cache.toString());
        return new HubSource(properties, new HubCache(cache), null, null, null);
    }
}
