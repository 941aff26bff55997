package dev.anneal.service.platform.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * What KEDA scales workers by, as the login that KEDA has: one number each, and none for work that nobody could claim.
 * #6
 */
@PostgresTest
class ScalingQueriesIT {

    private static final Duration DUE = Duration.ZERO;

    @Test
    void nothingWaitsOrRuns() {
        assertThat(trainingSlots()).isZero();
        assertThat(items()).isZero();
    }

    @Test
    void aTrainingThatRunsKeepsItsPodAndNeedsNoJob() {
        add("acme", "TRAIN", "dpo", "QUEUED", DUE);
        add("acme", "TRAIN", "dpo", "QUEUED", DUE);
        add("acme", "TRAIN", "dpo", "RUNNING", DUE);

        assertThat(trainingSlots()).isEqualTo(3);
        assertThat(items()).isEqualTo(2);
    }

    @Test
    void shortWorkNeedsOnePodHoweverMuchOfItThereIs() {
        add("acme", "EXPORT", "merged", "QUEUED", DUE);
        add("acme", "EXPORT", "merged", "QUEUED", DUE);

        assertThat(trainingSlots()).isEqualTo(1);
        assertThat(items()).isEqualTo(2);
    }

    @Test
    void whatATenantMayNotRunYetNeedsNoPod() {
        for (int i = 0; i < 5; i++) {
            add("acme", "TRAIN", "dpo", "QUEUED", DUE);
            add("beta", "TRAIN", "dpo", "QUEUED", DUE);
        }
        add("acme", "TRAIN", "dpo", "RUNNING", DUE);
        add("acme", "TRAIN", "dpo", "RUNNING", DUE);
        TestDatabase.administrator()
                .sql("INSERT INTO tenant_quota (tenant_id, running_jobs) VALUES ('beta', 1)")
                .update();

        // Of acme one more up to the installation's 3, of beta one by its quota.
        assertThat(items()).isEqualTo(2);
        assertThat(trainingSlots()).isEqualTo(4);
    }

    @Test
    void quotaBelowWhatRunsTakesNoPodAway() {
        add("acme", "TRAIN", "dpo", "RUNNING", DUE);
        add("acme", "TRAIN", "dpo", "QUEUED", DUE);
        TestDatabase.administrator()
                .sql("INSERT INTO tenant_quota (tenant_id, running_jobs) VALUES ('acme', 0)")
                .update();

        assertThat(items()).isZero();
        assertThat(trainingSlots()).isEqualTo(1);
    }

    @Test
    void quotaOfTrainingsDoesNotBoundShortWork() {
        add("acme", "EXPORT", "merged", "QUEUED", DUE);
        TestDatabase.administrator()
                .sql("INSERT INTO tenant_quota (tenant_id, running_jobs) VALUES ('acme', 0)")
                .update();

        assertThat(items()).isEqualTo(1);
    }

    @Test
    void retryThatIsNotDueNeedsNoPod() {
        add("acme", "TRAIN", "dpo", "QUEUED", Duration.ofMinutes(10));

        assertThat(trainingSlots()).isZero();
        assertThat(items()).isZero();
    }

    @Test
    void methodThatNoWorkerKnowsNeedsNoPodButCountsWhileItRuns() {
        add("acme", "TRAIN", "telepathy", "QUEUED", DUE);
        assertThat(trainingSlots()).isZero();
        assertThat(items()).isZero();

        add("acme", "TRAIN", "telepathy", "RUNNING", DUE);
        assertThat(trainingSlots()).isEqualTo(1);
    }

    @Test
    void trainingOnSeveralDevicesNeedsAsManySlotsAndOneWorkerThatHasThem() {
        addTraining("acme", 2);
        addTraining("acme", 1);

        assertThat(trainingSlots()).isEqualTo(3);
        assertThat(items()).isEqualTo(2);
    }

    @Test
    void trainingNeedsAWorkerOfAGroupForEachPartOfItsDevices() {
        addTraining("acme", 3);
        add("acme", "EXPORT", "merged", "QUEUED", DUE);

        assertThat(workersOfGroup(1)).isEqualTo(4);
        assertThat(workersOfGroup(2)).isEqualTo(3);
        assertThat(workersOfGroup(3)).isEqualTo(2);
        assertThat(workersOfGroup(8)).isEqualTo(2);
        assertThat(items()).isEqualTo(2);
    }

    @Test
    void trainingThatMustBeOfOneWorkerNeedsOneThatIsLargeEnough() {
        addTraining("acme", 3);
        TestDatabase.administrator().sql("UPDATE work SET one_worker = true").update();

        assertThat(workersOfGroup(2)).isZero();
        assertThat(slotsOfGroup(2)).isZero();
        assertThat(workersOfGroup(3)).isEqualTo(1);
        assertThat(slotsOfGroup(3)).isEqualTo(3);
        assertThat(items()).isEqualTo(1);
    }

    @Test
    void workersOfAGroupThatRunCountAsWell() {
        add("acme", "TRAIN", "dpo", "RUNNING", DUE, 2);
        addTraining("acme", 1);

        assertThat(workersOfGroup(1)).isEqualTo(3);
        assertThat(workersOfGroup(2)).isEqualTo(2);
        assertThat(items()).isEqualTo(1);
        assertThat(trainingSlots()).isEqualTo(3);
    }

    @Test
    void trainingThatNeedsMoreDevicesThanItsTenantMayUseNeedsNoPod() {
        add("acme", "TRAIN", "dpo", "RUNNING", DUE, 2);
        addTraining("acme", 2);

        assertThat(items()).isZero();
        assertThat(workersOfGroup(1)).isEqualTo(2);
        assertThat(trainingSlots()).isEqualTo(2);
    }

    @Test
    void asManyTrainingsOnSeveralDevicesNeedPodsAsTheirTenantMayRun() {
        TestDatabase.administrator()
                .sql("INSERT INTO tenant_quota (tenant_id, running_jobs) VALUES ('acme', 5)")
                .update();
        for (int i = 0; i < 4; i++) {
            addTraining("acme", 2);
        }

        // Two of them run on 4 of 5 devices.
        assertThat(items()).isEqualTo(2);
        assertThat(workersOfGroup(1)).isEqualTo(4);
        assertThat(trainingSlots()).isEqualTo(4);
    }

    private static long trainingSlots() {
        return ask("anneal_training_slots_wanted(3, '{supervised,dpo,merged}')");
    }

    private static long items() {
        return ask("anneal_items_claimable(3, '{supervised,dpo,merged}')");
    }

    private static long slotsOfGroup(int workerDevices) {
        return ask("anneal_training_slots_wanted(3, '{supervised,dpo,merged}', " + workerDevices + ")");
    }

    private static long workersOfGroup(int workerDevices) {
        return ask("anneal_workers_wanted(3, '{supervised,dpo,merged}', " + workerDevices + ")");
    }

    private static long ask(String call) {
        String query = "SELECT " + call;
        return TestDatabase.asRole(
                "anneal_readonly", jdbc -> jdbc.sql(query).query(Long.class).single());
    }

    private static void addTraining(String tenant, int devices) {
        add(tenant, "TRAIN", "dpo", "QUEUED", DUE, devices);
    }

    private static void add(String tenant, String kind, String method, String state, Duration dueIn) {
        add(tenant, kind, method, state, dueIn, 1);
    }

    private static void add(String tenant, String kind, String method, String state, Duration dueIn, int devices) {
        boolean running = state.equals("RUNNING");
        TestDatabase.administrator()
                .sql("""
                        INSERT INTO work (tenant_id, kind, method, state, priority, run_at, lease_token, claimed_at, started_at, lease_owner, deadline_at, devices)
                        VALUES (:tenant, :kind, :method, :state, 5, now() + :due * interval '1 second', CASE WHEN :running THEN 1 ELSE 0 END,
                                CASE WHEN :running THEN now() END, CASE WHEN :running THEN now() END, CASE WHEN :running THEN 'w' END,
                                CASE WHEN :running THEN now() + interval '1 day' END, :devices)
                        """)
                .param("tenant", tenant)
                .param("kind", kind)
                .param("method", method)
                .param("state", state)
                .param("due", dueIn.toSeconds())
                .param("running", running)
                .param("devices", devices)
                .update();
    }
}
