package dev.anneal.service.notification.mlflow;

/** Told of requests to the MLflow server that have ended, by the process that made them. */
@FunctionalInterface
public interface MlflowListener {

    void answered(Outcome outcome);

    /** What came of a request. */
    enum Outcome {
        OK,
        /** The server has understood and does not do it. */
        REFUSED,
        /** No answer, or one that is not about the request: the server is away, overloaded, or does not know the credentials. */
        UNAVAILABLE
    }
}
