package dev.anneal.service.models.catalog;

import dev.anneal.service.models.hub.TestHubs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Gives tests of other modules a catalog of the bundled model. */
public final class TestCatalogs {

    private TestCatalogs() {}

    public static ModelCatalog bundled(Path home) throws IOException {
        return new ModelCatalog(
                new ModelProperties(home + "/models", home + "/models/anneal-tiny", List.of("*")),
                TestHubs.none(home.resolve("hub")));
    }
}
