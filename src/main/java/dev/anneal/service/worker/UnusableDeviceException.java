package dev.anneal.service.worker;

/** A worker was given a device that its engine processes cannot compute on; the message says why. */
final class UnusableDeviceException extends RuntimeException {

    UnusableDeviceException(String message) {
        super(message);
    }
}
