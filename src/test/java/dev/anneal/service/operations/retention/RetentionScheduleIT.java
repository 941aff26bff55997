package dev.anneal.service.operations.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.schedule.SchedulerLifecycle;
import dev.anneal.service.storage.ArtifactStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;

/** Of several processes one sweeps, and its meters tell whether it was refused. */
class RetentionScheduleIT extends ServiceTest {

    private static final String SUCCEEDED =
            "SELECT count(*) FROM retention_task WHERE last_success IS NOT NULL AND NOT picked";

    @Autowired
    @Qualifier("systemPool")
    private DataSource pool;

    @Autowired
    private OrphanSweep orphans;

    @Autowired
    private ArtifactStore store;

    @Autowired
    private MeterRegistry meters;

    @Test
    void processesThatStartTogetherSweepOnce() {
        TestDatabase.administrator().sql("DELETE FROM retention_task").update();
        AtomicInteger sweeps = new AtomicInteger();
        List<SchedulerLifecycle> schedules = List.of(schedule(sweeps), schedule(sweeps), schedule(sweeps));
        try {
            schedules.forEach(SchedulerLifecycle::start);

            await(() -> TestDatabase.administrator()
                            .sql(SUCCEEDED)
                            .query(Integer.class)
                            .single()
                    == 1);
            assertThat(sweeps).hasValue(1);
        } finally {
            schedules.forEach(SchedulerLifecycle::stop);
        }
    }

    /** As the service is put together. */
    @Test
    void sweepThatIsRefusedIsCounted() {
        String own = store.marker().read().orElseThrow();
        store.marker().replace(own.replaceAll("[0-9a-f]{8}-", "00000000-"));
        try {
            double before = refused();

            orphans.runOnce();

            assertThat(refused()).isGreaterThan(before);
        } finally {
            store.marker().replace(own);
        }
        double before = refused();
        orphans.runOnce();
        assertThat(refused()).isEqualTo(before);
    }

    private double refused() {
        return meters.get("anneal.retention.refused").counter().count();
    }

    private SchedulerLifecycle schedule(AtomicInteger sweeps) {
        return RetentionSchedule.of(pool, sweeps::incrementAndGet, Duration.ofDays(1), Clock.systemUTC());
    }
}
