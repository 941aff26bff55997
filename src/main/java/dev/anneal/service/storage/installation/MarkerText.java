package dev.anneal.service.storage.installation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a store's marker says.
 *
 * @param installation whose the store is
 * @param former whose it was before, the last first
 */
record MarkerText(UUID installation, List<UUID> former) {

    private static final String INSTALLATION = "installation";
    private static final String FORMER = "former";
    private static final String ABOUT =
            "The artifacts here belong to this installation of Anneal, which deletes what its"
                    + " database does not name. No other one may use this place.";

    /** More would be longer than what is read of a marker. */
    private static final int MOST_FORMER = 64;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    MarkerText {
        former = List.copyOf(former);
    }

    /** Of a store that was nobody's. */
    static MarkerText of(UUID installation) {
        return new MarkerText(installation, List.of());
    }

    /** Of this store in other hands. */
    MarkerText takenOverBy(UUID successor) {
        return new MarkerText(
                successor,
                Stream.concat(Stream.of(installation), former.stream())
                        .limit(MOST_FORMER)
                        .toList());
    }

    /** JSON, with a sentence for those who find it. */
    String json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("about", ABOUT);
        fields.put(INSTALLATION, installation.toString());
        if (!former.isEmpty()) {
            fields.put(FORMER, former.stream().map(UUID::toString).toList());
        }
        return JSON.writeValueAsString(fields) + "\n";
    }

    /** Empty for what is no marker. */
    static Optional<MarkerText> read(String text) {
        try {
            JsonNode fields = JSON.readTree(text);
            return Optional.of(new MarkerText(
                    id(fields.path(INSTALLATION)),
                    fields.path(FORMER).valueStream().map(MarkerText::id).toList()));
        } catch (JacksonException | IllegalArgumentException unlike) {
            return Optional.empty();
        }
    }

    /** Whether both are markers of one installation, whatever else they say. */
    static boolean nameTheSame(String one, String other) {
        Optional<UUID> installation = read(one).map(MarkerText::installation);
        return installation.isPresent() && installation.equals(read(other).map(MarkerText::installation));
    }

    private static UUID id(JsonNode value) {
        return UUID.fromString(value.asString(""));
    }
}
