package dev.anneal.service.storage.s3;

import dev.anneal.service.storage.StorageException;
import dev.anneal.service.storage.StorageException.Kind;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Tells what the SDK says of a failure in terms of the store. Neither credentials nor signatures are in it. */
final class Failures {

    private static final Set<String> NO_ROOM = Set.of(
            "QuotaExceeded",
            "XMinioStorageFull",
            "XMinioAdminBucketQuotaExceeded",
            "EntityTooLargeForQuota",
            "InsufficientCapacity");

    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int NO_SPACE = 507;
    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;
    private static final int NOT_IMPLEMENTED = 501;

    private final String place;

    /** @param place bucket and endpoint, for messages */
    Failures(String place) {
        this.place = place;
    }

    String place() {
        return place;
    }

    /** @param key key, or what stands for several of them */
    StorageException of(String action, Object key, SdkException failure) {
        return new StorageException(
                kindOf(failure), "cannot " + action + " '" + key + "' in " + place + ": " + reasonOf(failure), failure);
    }

    private static Kind kindOf(SdkException failure) {
        if (failure instanceof AwsServiceException answer
                && (answer.statusCode() == NO_SPACE || NO_ROOM.contains(codeOf(answer)))) {
            return Kind.FULL;
        }
        return Kind.FAILED;
    }

    /** What is wrong, with the words of the server. */
    static String reasonOf(SdkException failure) {
        if (!(failure instanceof AwsServiceException answer)) {
            return "no answer (" + String.valueOf(failure.getMessage()) + ")";
        }
        String code = codeOf(answer);
        if (isMissingBucket(answer)) {
            return "there is no such bucket (anneal.storage.s3.bucket)";
        }
        if (answer.statusCode() == FORBIDDEN) {
            return "access denied (" + code + "); the credentials must allow it, see docs/storage.md";
        }
        return "the server answered %d %s (request %s)".formatted(answer.statusCode(), code, answer.requestId());
    }

    /** Whether there is no such object; not whether there is no such bucket. */
    static boolean isMissing(SdkException failure) {
        return failure instanceof AwsServiceException answer
                && answer.statusCode() == NOT_FOUND
                && !isMissingBucket(answer);
    }

    /** Whether the condition of a request did not hold. */
    static boolean isUnmetCondition(SdkException failure) {
        return failure instanceof AwsServiceException answer && answer.statusCode() == PRECONDITION_FAILED;
    }

    /** Whether a condition could not be decided, since another request for the same object was under way. */
    static boolean isConflict(SdkException failure) {
        return failure instanceof AwsServiceException answer && answer.statusCode() == CONFLICT;
    }

    /** Whether the request had something that the server does not know, such as a condition. */
    static boolean isUnknownToTheServer(SdkException failure) {
        return failure instanceof AwsServiceException answer && answer.statusCode() == NOT_IMPLEMENTED;
    }

    static boolean isMissingBucket(AwsServiceException answer) {
        return codeOf(answer).equals("NoSuchBucket");
    }

    private static String codeOf(AwsServiceException answer) {
        return answer.awsErrorDetails() == null || answer.awsErrorDetails().errorCode() == null
                ? ""
                : answer.awsErrorDetails().errorCode();
    }
}
