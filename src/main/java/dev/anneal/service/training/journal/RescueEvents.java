package dev.anneal.service.training.journal;

import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.lease.Rescue;
import dev.anneal.service.queue.lease.RescueListener;
import org.springframework.stereotype.Component;

/** Writes into a job's events that its worker was lost. */
@Component
final class RescueEvents implements RescueListener {

    private final TrainingJournal journal;

    RescueEvents(TrainingJournal journal) {
        this.journal = journal;
    }

    @Override
    public void rescued(Rescue rescue) {
        if (rescue.kind() == WorkKind.TRAIN) {
            journal.failed(rescue.lease().workId(), rescue.error());
        }
    }
}
