package dev.anneal.service.queue.lease;

import dev.anneal.service.queue.Attempt;
import dev.anneal.service.queue.Wish;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkState;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The queue's rules once more, in memory and without SQL: what the database is compared with after every command. */
final class QueueModel {

    /** What the model knows of a work item. */
    static final class Item {
        final String tenant;
        WorkState state;
        long token;

        @Nullable
        Lease lease;

        @Nullable
        Wish wish;

        int userRetries;
        int platformRetries;
        boolean expired;
        final Map<Long, Attempt.Outcome> outcomes = new HashMap<>();

        Item(String tenant, WorkState state) {
            this.tenant = tenant;
            this.state = state;
        }

        @Override
        public String toString() {
            return "%s token %d wish %s retries %d/%d".formatted(state, token, wish, userRetries, platformRetries);
        }
    }

    private final LeaseProperties properties;
    private final Map<Long, Item> items = new TreeMap<>();

    QueueModel(LeaseProperties properties) {
        this.properties = properties;
    }

    Map<Long, Item> items() {
        return items;
    }

    void enqueue(long id, String tenant, WorkState state) {
        items.put(id, new Item(tenant, state));
    }

    boolean decideValidation(long id, WorkState next) {
        Item item = item(id);
        if (item.state != WorkState.VALIDATING) {
            return false;
        }
        item.state = next;
        return true;
    }

    /** The tenants of which the next claim may be; empty if nothing is to be claimed. */
    Set<String> tenantsInTurn() {
        Map<String, Integer> waiting = new HashMap<>();
        items.values().stream()
                .filter(item ->
                        item.state == WorkState.QUEUED && running(item.tenant) < properties.tenantRunningLimit())
                .forEach(item -> waiting.put(item.tenant, running(item.tenant)));
        int least = waiting.values().stream().min(Comparator.naturalOrder()).orElse(0);
        Set<String> tenants = new HashSet<>(waiting.keySet());
        tenants.removeIf(tenant -> !Objects.equals(waiting.get(tenant), least));
        return tenants;
    }

    void claim(Lease lease) {
        Item item = item(lease.workId());
        item.state = WorkState.RUNNING;
        item.token++;
        item.lease = lease;
        item.expired = false;
    }

    boolean holds(Lease lease) {
        Item item = item(lease.workId());
        return item.state == WorkState.RUNNING && lease.equals(item.lease);
    }

    boolean isTrusted(Lease lease) {
        return holds(lease) && !item(lease.workId()).expired;
    }

    Ending succeed(Lease lease) {
        return end(lease, Attempt.Outcome.SUCCEEDED, WorkState.SUCCEEDED);
    }

    Ending giveBack(Lease lease) {
        Map<Wish, Attempt.Outcome> outcomes =
                new EnumMap<>(Map.of(Wish.CANCEL, Attempt.Outcome.CANCELLED, Wish.PAUSE, Attempt.Outcome.PAUSED));
        Map<Wish, WorkState> states =
                new EnumMap<>(Map.of(Wish.CANCEL, WorkState.CANCELLED, Wish.PAUSE, WorkState.PAUSED));
        Wish wish = item(lease.workId()).wish;
        if (holds(lease)) {
            return wish == null
                    ? end(lease, Attempt.Outcome.GIVEN_BACK, WorkState.QUEUED)
                    : end(lease, Objects.requireNonNull(outcomes.get(wish)), Objects.requireNonNull(states.get(wish)));
        }
        Attempt.Outcome earlier = item(lease.workId()).outcomes.get(lease.token());
        boolean repeated = earlier == Attempt.Outcome.GIVEN_BACK || outcomes.containsValue(earlier);
        return repeated ? new Ending(Ending.Result.REPEATED, item(lease.workId()).state) : Ending.STALE;
    }

    Ending fail(Lease lease, WorkError.Origin origin) {
        return end(
                lease, Attempt.Outcome.FAILED, holds(lease) ? stateAfterFailure(item(lease.workId()), origin) : null);
    }

    /** Ends every attempt whose lease has expired. */
    Map<Lease, WorkState> rescue() {
        Map<Lease, WorkState> rescued = new HashMap<>();
        items.forEach((id, item) -> {
            if (item.state == WorkState.RUNNING && item.expired) {
                Lease lease = Objects.requireNonNull(item.lease);
                end(lease, Attempt.Outcome.LOST, stateAfterFailure(item, WorkError.Origin.SYSTEM));
                rescued.put(lease, item.state);
            }
        });
        return rescued;
    }

    /** The state after the request; null if it is refused. */
    @Nullable
    WorkState cancel(long id) {
        Item item = item(id);
        if (item.state.isFinal()) {
            return null;
        }
        if (item.state == WorkState.RUNNING) {
            item.wish = Wish.CANCEL;
        } else {
            item.state = WorkState.CANCELLED;
            item.wish = null;
        }
        return item.state;
    }

    @Nullable
    WorkState pause(long id) {
        Item item = item(id);
        if (item.state == WorkState.RUNNING && item.wish != Wish.CANCEL) {
            item.wish = Wish.PAUSE;
        } else if (item.state == WorkState.QUEUED || item.state == WorkState.PAUSED) {
            item.state = WorkState.PAUSED;
            item.wish = null;
        } else {
            return null;
        }
        return item.state;
    }

    @Nullable
    WorkState resume(long id) {
        Item item = item(id);
        if (item.state != WorkState.PAUSED) {
            return null;
        }
        item.state = WorkState.QUEUED;
        item.platformRetries = 0;
        return item.state;
    }

    private WorkState stateAfterFailure(Item item, WorkError.Origin origin) {
        boolean retried = false;
        if (origin == WorkError.Origin.USER && item.userRetries < properties.userRetries()) {
            item.userRetries++;
            retried = true;
        } else if (origin == WorkError.Origin.SYSTEM && item.platformRetries < properties.platformRetries()) {
            item.platformRetries++;
            retried = true;
        }
        if (item.wish == Wish.CANCEL) {
            return WorkState.CANCELLED;
        }
        return retried ? WorkState.QUEUED : WorkState.FAILED;
    }

    private Ending end(Lease lease, Attempt.Outcome outcome, @Nullable WorkState next) {
        Item item = item(lease.workId());
        if (!holds(lease) || next == null) {
            return item.outcomes.get(lease.token()) == outcome
                    ? new Ending(Ending.Result.REPEATED, item.state)
                    : Ending.STALE;
        }
        item.outcomes.put(lease.token(), outcome);
        boolean keepsWish = next == WorkState.QUEUED && outcome != Attempt.Outcome.GIVEN_BACK;
        item.wish = keepsWish ? item.wish : null;
        item.state = next;
        return new Ending(Ending.Result.APPLIED, next);
    }

    private int running(String tenant) {
        return (int) items.values().stream()
                .filter(item -> item.state == WorkState.RUNNING && item.tenant.equals(tenant))
                .count();
    }

    private Item item(long id) {
        return Objects.requireNonNull(items.get(id));
    }
}
