package dev.anneal.service.installation;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What a store's marker says: JSON with the id of an installation, and a sentence for those who find it. */
final class MarkerText {

    private static final String ID = "installation";
    private static final String ABOUT =
            "The artifacts here belong to this installation of Anneal, which deletes what its"
                    + " database does not name. No other one may use this place.";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private MarkerText() {}

    static String of(UUID installation) {
        return JSON.writeValueAsString(new TreeMap<>(Map.of(ID, installation.toString(), "about", ABOUT))) + "\n";
    }

    /** The id that it names; empty for what is no marker. */
    static Optional<UUID> read(String text) {
        try {
            return Optional.of(UUID.fromString(JSON.readTree(text).path(ID).asString("")));
        } catch (JacksonException | IllegalArgumentException unlike) {
            return Optional.empty();
        }
    }
}
