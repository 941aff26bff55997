package dev.anneal.service.queue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Work to be put into the queue.
 *
 * @param method kind of training, export or evaluation, for example {@code supervised} or {@code merged}; workers claim
 *     the methods that they know
 * @param priority 0, which goes first, to 9
 * @param traceparent W3C trace context of the request, or null
 * @param models base models that a worker must have, in the format of {@link #model}
 * @param devices number of devices that do it together
 * @param ofOneWorker whether they must be of one worker; those of several exchange more slowly
 */
public record NewWork(
        String tenantId,
        WorkKind kind,
        String method,
        int priority,
        @Nullable String traceparent,
        List<String> models,
        int devices,
        boolean ofOneWorker) {

    public static final int DEFAULT_PRIORITY = 5;

    /** Work that needs no base model. */
    public NewWork(String tenantId, WorkKind kind, String method, int priority, @Nullable String traceparent) {
        this(tenantId, kind, method, priority, traceparent, List.of());
    }

    /** Work for one device. */
    public NewWork(
            String tenantId,
            WorkKind kind,
            String method,
            int priority,
            @Nullable String traceparent,
            List<String> models) {
        this(tenantId, kind, method, priority, traceparent, models, 1, true);
    }

    public NewWork {
        models = models.stream().distinct().toList();
        if (tenantId.isEmpty() || method.isEmpty()) {
            throw new IllegalArgumentException(
                    "work needs a tenant and a method, but has '%s' and '%s'".formatted(tenantId, method));
        }
        if (priority < 0 || priority > 9) {
            throw new IllegalArgumentException("a priority is 0 to 9, but is " + priority);
        }
        if (devices < 1) {
            throw new IllegalArgumentException("work needs a device, but is for " + devices);
        }
    }

    /**
     * @param revision commit on the Hub; null for a model from the operator's folder
     */
    public static String model(String id, @Nullable String revision) {
        return revision == null ? id : id + '@' + revision;
    }
}
