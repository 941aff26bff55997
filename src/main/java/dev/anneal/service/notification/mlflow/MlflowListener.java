package dev.anneal.service.notification.mlflow;

/** Is called for each request to the MLflow server that has ended, in the process that made it. */
@FunctionalInterface
public interface MlflowListener {

    void answered(Outcome outcome);

    /** What came of a request. */
    enum Outcome {
        OK,
        /** The server understood the request and refused it. */
        REFUSED,
        /** No answer, or one that is not about the request: the server is away, overloaded, or does not know the credentials. */
        UNAVAILABLE
    }
}
