package dev.anneal.service.platform.meter;

import dev.anneal.protocol.WireName;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * A counter for each constant of an enum, as the value of a tag. All exist from the start with 0: if a counter appears
 * with its first event, Prometheus sees no increase.
 */
public class EnumCounters<E extends Enum<E>> {

    private final Map<E, Counter> counters;

    public EnumCounters(MeterRegistry registry, Class<E> type, String tag, String name, String description) {
        counters = new EnumMap<>(type);
        for (E constant : type.getEnumConstants()) {
            counters.put(
                    constant,
                    Counter.builder(name)
                            .description(description)
                            .tag(tag, WireName.of(constant))
                            .register(registry));
        }
    }

    public final void count(E constant) {
        count(constant, 1);
    }

    public final void count(E constant, double amount) {
        Objects.requireNonNull(counters.get(constant)).increment(amount);
    }
}
