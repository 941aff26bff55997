package dev.anneal.service.worker.assignment;

import dev.anneal.service.files.FileIntake;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.LocalChore;
import dev.anneal.service.queue.FinishedWork;
import dev.anneal.service.results.export.ExportJournal;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.training.journal.DeviceWaits;
import dev.anneal.service.training.journal.TrainingJournal;
import dev.anneal.service.training.journal.WaitingEvents;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.WORKER)
class AssignmentConfiguration {

    /** Every worker sweeps, because workers do not depend on API processes; simultaneous sweeps do no harm. */
    private static final Duration LEFTOVER_SWEEPS = Duration.ofMinutes(10);

    private static final Duration DEVICE_WAITS = Duration.ofSeconds(30);

    /** Jobs that wait for devices, whether workers have too few or use them. */
    @Bean
    LocalChore eventsOfDeviceWaits(DeviceWaits used, WaitingEvents tooFew) {
        return new LocalChore(DEVICE_WAITS, () -> {
            tooFew.explain(2);
            used.explain();
        });
    }

    @Bean
    LocalChore leftoverSweep(
            FinishedWork finished, TrainingJournal trainings, ExportJournal exports, ArtifactStore store) {
        LeftoverSweep sweep = new LeftoverSweep(finished, trainings, exports, store);
        return new LocalChore(LEFTOVER_SWEEPS, sweep::runOnce);
    }

    @Bean
    TrainingAssignment.Publication trainingPublication(
            TrainingJournal trainings, ArtifactStore store, FileIntake files, CheckpointProperties checkpoints) {
        return new TrainingAssignment.Publication(trainings, store, files, checkpoints.kept());
    }
}
