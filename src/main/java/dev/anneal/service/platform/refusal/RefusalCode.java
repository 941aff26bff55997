package dev.anneal.service.platform.refusal;

import dev.anneal.protocol.WireName;
import java.util.Optional;

/**
 * Reason of a refusal. The lower-case name is {@code error.code} in the response; the status decides which exception an
 * OpenAI SDK raises and whether it retries.
 */
public enum RefusalCode implements WireName {
    ADAPTER_INVALID(400),
    ADAPTER_NOT_ANNEALED(409),
    API_KEY_EXPIRED(401),
    BASE_MODEL_CHANGED(409),
    BASE_MODEL_UNREADABLE(422),
    CHECKPOINT_DAMAGED(422),
    CONTEXT_LENGTH_EXCEEDED(400),
    DATASET_INVALID(400),
    DATASET_TOO_SMALL(400),
    DORA_NOT_SUPPORTED_WITH_ANNEALING(400),
    DRAFT_MISMATCH(409),
    EARLY_STOP_BEFORE_ANNEALED(400),
    EXPORT_NOT_READY(409),
    FILE_IN_USE(409),
    FILE_NOT_READY(409),
    FORBIDDEN_HOST(403),
    FORBIDDEN_ORIGIN(403),
    GENERATION_TIMEOUT(504),
    GRADER_INVALID(400),
    GRADER_NOT_SUPPORTED(400),
    HUB_PUSH_NOT_CONFIGURED(400),
    HUB_REPO_NOT_ALLOWED(403),
    IDEMPOTENCY_KEY_REUSED(409),
    INTERNAL_ERROR(500),
    INVALID_API_KEY(401),
    INVALID_CURSOR(400),
    INVALID_JSON(400),
    INVALID_LINK(401),
    INVALID_MULTIPART(400),
    INVALID_VALUE(400),
    JOB_ALREADY_FINAL(409),
    JOB_NOT_PAUSABLE(409),
    JOB_NOT_RESUMABLE(409),
    METHOD_NOT_ALLOWED(405),
    MISSING_PARAMETER(400),
    MISSING_SCOPE(403),
    MODEL_NOT_AVAILABLE(400),
    MODEL_NOT_FOUND(404),
    NOT_ACCEPTABLE(406),
    NOT_FOUND(404),
    NOT_SUPPORTED(400),
    PROJECT_ARCHIVED(401),
    QUEUE_FULL(429),
    QUOTA_EXCEEDED(429),
    RANGE_NOT_SATISFIABLE(416),
    RATE_LIMIT_EXCEEDED(429),
    RENDERING_STALLED(422),
    REQUEST_TIMEOUT(408),
    REQUEST_TOO_LARGE(413),
    SECRETS_NOT_CONFIGURED(409),
    SERVICE_UNAVAILABLE(503),
    STORAGE_FULL(507),
    TOKEN_AUDIENCE_INVALID(401),
    TOKEN_EXPIRED(401),
    TOKEN_INVALID(401),
    TOKEN_ISSUER_UNKNOWN(401),
    TOO_MANY_FAILED_AUTHENTICATIONS(429),
    TOO_MANY_JOBS(429),
    TOO_MANY_UPLOADS(429),
    TRAINING_STATE_DELETED(409),
    UNKNOWN_PARAMETER(400),
    UNSUPPORTED_MEDIA_TYPE(415),
    UPLOAD_INCOMPLETE(400),
    UPLOAD_NOT_PENDING(409),
    WEBHOOK_DELIVERY_PENDING(409),
    WEBHOOK_ENDPOINT_DISABLED(409),
    WEBHOOK_UNREACHABLE(422);

    private final int status;

    RefusalCode(int status) {
        this.status = status;
    }

    /** The code with this {@code error.code}. */
    public static Optional<RefusalCode> named(String wireName) {
        return WireName.find(RefusalCode.class, wireName);
    }

    /** HTTP status of the answer. */
    public int status() {
        return status;
    }

    /** Whether the service is at fault, so that a retry may succeed. */
    public boolean isServiceFault() {
        return status >= 500;
    }

    /** Whether a base model that existed before is missing, which an operator can correct. */
    public boolean isModelAway() {
        return this == MODEL_NOT_AVAILABLE || this == BASE_MODEL_UNREADABLE || this == SERVICE_UNAVAILABLE;
    }

    /** The value of {@code error.type}, OpenAI's error group. */
    public String type() {
        if (status == 429) {
            return "rate_limit_error";
        }
        return isServiceFault() ? "server_error" : "invalid_request_error";
    }
}
