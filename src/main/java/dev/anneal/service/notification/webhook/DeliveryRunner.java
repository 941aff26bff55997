package dev.anneal.service.notification.webhook;

import dev.anneal.service.access.quota.TenantSlots;
import dev.anneal.service.notification.webhook.DeliveryMeters.Outcome;
import dev.anneal.service.notification.webhook.DeliverySender.Answer;
import dev.anneal.service.notification.webhook.DeliveryStore.Due;
import dev.anneal.service.notification.webhook.WebhookDelivery.Attempt;
import dev.anneal.service.notification.webhook.WebhookDelivery.State;
import dev.anneal.service.notification.webhook.WebhookEndpoint.Disabled;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.SharedChores;
import dev.anneal.service.platform.secret.SealedText;
import dev.anneal.service.platform.secret.Secrets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.commons.lang3.ObjectUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Makes one attempt of a delivery and decides what follows. */
@Component
@ConditionalOnRole(Role.API)
final class DeliveryRunner {

    private static final Logger LOG = LoggerFactory.getLogger(DeliveryRunner.class);

    /** Limit for delays that endpoints ask for. */
    private static final Duration LONGEST_WAIT = Duration.ofHours(24);

    private final SystemDatabase database;
    private final EndpointStore endpoints;
    private final DeliveryStore deliveries;
    private final Secrets secrets;
    private final DeliverySender sender;
    private final Clock clock;
    private final List<Duration> delays;
    private final TenantSlots slots;

    DeliveryRunner(
            SystemDatabase database,
            EndpointStore endpoints,
            DeliveryStore deliveries,
            Secrets secrets,
            DeliverySender sender,
            Clock clock,
            WebhookProperties properties) {
        this.database = database;
        this.endpoints = endpoints;
        this.deliveries = deliveries;
        this.secrets = secrets;
        this.sender = sender;
        this.clock = clock;
        this.delays = List.copyOf(properties.retryDelays());
        this.slots = new TenantSlots(properties.concurrency(), properties.concurrencyOfTenant());
    }

    /**
     * Next state of a delivery.
     *
     * @param next time of the next attempt; null unless it stays pending
     * @param disable why its endpoint is disabled too; null if it is not
     */
    private record Decision(
            State state, @Nullable Instant next, @Nullable Disabled disable) {

        Outcome outcome() {
            return switch (state) {
                case PENDING -> Outcome.RETRIED;
                case DELIVERED -> Outcome.DELIVERED;
                case FAILED -> Outcome.FAILED;
            };
        }
    }

    /**
     * Makes an attempt.
     *
     * @param instance id of the delivery and its round, as the migration writes them
     * @return when to try again; empty if nothing remains to be done
     */
    Optional<Instant> run(String instance, DeliveryMeters meters) {
        int slash = instance.lastIndexOf('/');
        Optional<Due> due = database.call(
                () -> deliveries.due(instance.substring(0, slash), Integer.parseInt(instance.substring(slash + 1))));
        return due.flatMap(delivery -> inTurn(delivery, meters));
    }

    /** Tries a delivery when a slot is free. Waiting for one does not count as an attempt. */
    private Optional<Instant> inTurn(Due due, DeliveryMeters meters) {
        if (!slots.take(due.tenantId())) {
            return Optional.of(SharedChores.nextTurn(clock));
        }
        try {
            return attempt(due, meters);
        } finally {
            slots.giveBack(due.tenantId());
        }
    }

    private Optional<Instant> attempt(Due due, DeliveryMeters meters) {
        Instant start = clock.instant();
        Answer answer = due.isDisabled()
                ? new Answer(null, "the endpoint is disabled", null)
                : sender.send(due.url(), openSecrets(due), due.id(), due.event());
        double seconds = Duration.between(start, clock.instant()).toNanos() / 1e9;
        Attempt attempt = new Attempt(0, start, seconds, answer.status(), answer.failure());
        Decision decision = database.call(() -> {
            Decision made = decide(due, answer);
            if (made.disable() != null) {
                // Locked before the delivery, in the order in which a deletion of the endpoint locks both.
                endpoints.lock(due.endpoint());
            }
            if (deliveries.settle(due, made.state(), made.next(), attempt) && made.disable() != null) {
                disable(due, made.disable());
            }
            return made;
        });
        meters.count(decision.outcome());
        return Optional.ofNullable(decision.next());
    }

    private List<String> openSecrets(Due due) {
        List<String> open = new ArrayList<>();
        open.add(secrets.open(EndpointStore.SECRET, due.endpointId(), due.secret()));
        SealedText previous = due.previousSecret();
        if (previous != null) {
            open.add(secrets.open(EndpointStore.PREVIOUS_SECRET, due.endpointId(), previous));
        }
        return open;
    }

    private Decision decide(Due due, Answer answer) {
        if (answer.isDelivered()) {
            return new Decision(State.DELIVERED, null, null);
        }
        if (due.isDisabled()) {
            return new Decision(State.FAILED, null, null);
        }
        if (answer.isGone()) {
            return new Decision(State.FAILED, null, Disabled.GONE);
        }
        if (due.tries() < delays.size()) {
            return new Decision(State.PENDING, clock.instant().plus(wait(due, answer)), null);
        }
        // An endpoint that accepts other events is not broken.
        boolean works = deliveries.hasDelivered(due.endpoint(), due.event().createdAt());
        return new Decision(State.FAILED, null, works ? null : Disabled.EXHAUSTED);
    }

    private Duration wait(Due due, Answer answer) {
        long delay = delays.get(due.tries()).toMillis();
        long jitter = delay / 10;
        Duration scheduled =
                Duration.ofMillis(delay - jitter + ThreadLocalRandom.current().nextLong(2 * jitter + 1));
        Duration asked = answer.retryAfter();
        if (asked == null || asked.compareTo(scheduled) < 0) {
            return scheduled;
        }
        return ObjectUtils.min(asked, LONGEST_WAIT);
    }

    private void disable(Due due, Disabled reason) {
        if (endpoints.disable(due.endpoint(), reason)) {
            LOG.warn(
                    "Webhook endpoint {} of tenant {} is disabled, because it {}; its owner can enable it by the API",
                    due.endpointId(),
                    due.tenantId(),
                    reason == Disabled.GONE ? "answered with 410" : "accepted nothing in all attempts of " + due.id());
        }
    }
}
