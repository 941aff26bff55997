package dev.anneal.service.worker;

import dev.anneal.service.machine.TrainingSlots;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;

/** Says how many trainings this worker can do at a time, as long as it runs. Forecasts count it. */
final class SlotOffer implements DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(SlotOffer.class);

    private final String process = UUID.randomUUID().toString();
    private final TrainingSlots slots;
    private final String worker;
    private final int count;
    private final Duration life;

    /** @param life how long the offer counts if it is not renewed */
    SlotOffer(TrainingSlots slots, String worker, int count, Duration life) {
        this.slots = slots;
        this.worker = worker;
        this.count = count;
        this.life = life;
    }

    void renew() {
        try {
            slots.offer(process, worker, count, life);
        } catch (RuntimeException failure) {
            LOG.debug("The slots of this worker are not counted now", failure);
        }
    }

    @Override
    public void destroy() {
        try {
            slots.withdraw(process);
        } catch (RuntimeException failure) {
            LOG.debug("The slots of this worker are counted until their time is over", failure);
        }
    }
}
