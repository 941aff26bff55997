package dev.anneal.service.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.database.TestDatabase;
import dev.anneal.service.schedule.SchedulerLifecycle;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;

/** Of several processes one sweeps. */
class RetentionScheduleIT extends ServiceTest {

    private static final String SUCCEEDED =
            "SELECT count(*) FROM retention_task WHERE last_success IS NOT NULL AND NOT picked";

    @Autowired
    @Qualifier("systemPool")
    private DataSource pool;

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

    private SchedulerLifecycle schedule(AtomicInteger sweeps) {
        return RetentionSchedule.of(pool, sweeps::incrementAndGet, Duration.ofDays(1), Clock.systemUTC());
    }
}
