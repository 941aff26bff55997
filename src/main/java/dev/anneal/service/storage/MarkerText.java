package dev.anneal.service.storage;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The content of a store's marker: JSON, with a sentence for people who find it.
 *
 * @param installation owner of the store
 * @param former earlier owners, the latest first
 */
@JsonPropertyOrder("about")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record MarkerText(UUID installation, List<UUID> former) {

    /** More would exceed the size limit of a marker. */
    private static final int MOST_FORMER = 64;

    MarkerText(UUID installation, @Nullable List<UUID> former) {
        this.installation = Objects.requireNonNull(installation, "a marker names an installation");
        this.former = former == null ? List.of() : List.copyOf(former);
    }

    /** Marker of a store without former owners. */
    static MarkerText of(UUID installation) {
        return new MarkerText(installation, List.of());
    }

    /** Marker of this store after a takeover by another installation. */
    MarkerText takenOverBy(UUID successor) {
        return new MarkerText(
                successor,
                Stream.concat(Stream.of(installation), former.stream())
                        .limit(MOST_FORMER)
                        .toList());
    }

    @JsonProperty
    String about() {
        return "The artifacts here belong to this installation of Anneal, which deletes what its"
                + " database does not name. No other one may use this place.";
    }

    String json() {
        return JsonMapper.shared().writeValueAsString(this) + "\n";
    }

    /** Empty if the text is not a marker. */
    static Optional<MarkerText> read(String text) {
        try {
            return Optional.ofNullable(JsonMapper.shared().readValue(text, MarkerText.class));
        } catch (JacksonException invalid) {
            return Optional.empty();
        }
    }
}
