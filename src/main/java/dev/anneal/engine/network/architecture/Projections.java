package dev.anneal.engine.network.architecture;

import static dev.anneal.engine.network.architecture.Projection.DOWN;
import static dev.anneal.engine.network.architecture.Projection.GATE;
import static dev.anneal.engine.network.architecture.Projection.GATE_UP;
import static dev.anneal.engine.network.architecture.Projection.KEY;
import static dev.anneal.engine.network.architecture.Projection.OUTPUT;
import static dev.anneal.engine.network.architecture.Projection.QUERY;
import static dev.anneal.engine.network.architecture.Projection.QUERY_KEY_VALUE;
import static dev.anneal.engine.network.architecture.Projection.UP;
import static dev.anneal.engine.network.architecture.Projection.VALUE;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The projections into which a layer's matrices are divided, in a checkpoint and for adapters. */
@SuppressWarnings("ImmutableEnumChecker") // lists are those of List.of
public enum Projections {
    /** As Llama has them. */
    SEPARATE(List.of(QUERY, KEY, VALUE, OUTPUT, GATE, UP, DOWN)),
    /** As Phi-3 has them: those with the same input are one. */
    FUSED(List.of(QUERY_KEY_VALUE, OUTPUT, GATE_UP, DOWN));

    private final List<Projection> all;

    Projections(List<Projection> all) {
        this.all = all;
    }

    /** In the order of the computation. */
    public List<Projection> all() {
        return all;
    }

    /** Those of a group in the order of their rows in its matrix. */
    public List<Projection> of(ProjectionGroup group) {
        return all.stream().filter(projection -> projection.group() == group).toList();
    }

    public Optional<Projection> named(String shortName) {
        return all.stream()
                .filter(projection -> projection.shortName().equals(shortName))
                .findFirst();
    }

    /** Short names, for messages. */
    public String names() {
        return all.stream().map(Projection::shortName).collect(Collectors.joining(", "));
    }
}
