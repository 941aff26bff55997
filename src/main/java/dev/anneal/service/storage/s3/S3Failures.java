package dev.anneal.service.storage.s3;

import dev.anneal.service.storage.StorageException;
import dev.anneal.service.storage.StorageException.Reason;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Turns failures of the SDK into those of the store. Messages hold neither credentials nor signatures. */
final class S3Failures {

    private static final Set<String> NO_ROOM = Set.of(
            "QuotaExceeded",
            "XMinioStorageFull",
            "XMinioAdminBucketQuotaExceeded",
            "EntityTooLargeForQuota",
            "InsufficientCapacity");

    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int NO_SPACE = 507;

    private final String place;

    /** @param place bucket and endpoint, for messages */
    S3Failures(String place) {
        this.place = place;
    }

    String place() {
        return place;
    }

    /**
     * @param key key, or text that stands for several keys
     */
    StorageException of(String action, Object key, SdkException failure) {
        return new StorageException(
                kindOf(failure), "cannot " + action + " '" + key + "' in " + place + ": " + reasonOf(failure), failure);
    }

    private static Reason kindOf(SdkException failure) {
        if (failure instanceof AwsServiceException answer
                && (answer.statusCode() == NO_SPACE || NO_ROOM.contains(codeOf(answer)))) {
            return Reason.FULL;
        }
        return Reason.FAILED;
    }

    /** The cause, with the code that the server answered. */
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

    /** Whether the object is missing, as opposed to the bucket. */
    static boolean isMissing(SdkException failure) {
        return failure instanceof AwsServiceException answer
                && answer.statusCode() == NOT_FOUND
                && !isMissingBucket(answer);
    }

    /** Status of the server's answer; 0 if there was none. */
    static int status(SdkException failure) {
        return failure instanceof AwsServiceException answer ? answer.statusCode() : 0;
    }

    private static boolean isMissingBucket(AwsServiceException answer) {
        return codeOf(answer).equals("NoSuchBucket");
    }

    private static String codeOf(AwsServiceException answer) {
        return answer.awsErrorDetails() == null || answer.awsErrorDetails().errorCode() == null
                ? ""
                : answer.awsErrorDetails().errorCode();
    }
}
