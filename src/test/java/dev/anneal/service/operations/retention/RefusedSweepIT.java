package dev.anneal.service.operations.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.platform.schedule.RecurringChore;
import dev.anneal.service.storage.ArtifactStore;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** The meters of the service tell whether its sweep was refused. */
class RefusedSweepIT extends ServiceTest {

    @Autowired
    private RecurringChore retention;

    @Autowired
    private ArtifactStore store;

    @Autowired
    private MeterRegistry meters;

    @Test
    void sweepThatIsRefusedIsCounted() {
        String own = store.marker().read().orElseThrow();
        store.marker().replace(own.replaceAll("[0-9a-f]{8}-", "00000000-"));
        try {
            double before = refused();

            retention.run().run();

            assertThat(refused()).isGreaterThan(before);
        } finally {
            store.marker().replace(own);
        }
        double before = refused();
        retention.run().run();
        assertThat(refused()).isEqualTo(before);
    }

    private double refused() {
        return meters.get("anneal.retention.refused").counter().count();
    }
}
