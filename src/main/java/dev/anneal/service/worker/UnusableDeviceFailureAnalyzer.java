package dev.anneal.service.worker;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains a worker's refused start in the terms of whoever starts it. */
final class UnusableDeviceFailureAnalyzer extends AbstractFailureAnalyzer<UnusableDeviceException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnusableDeviceException cause) {
        return new FailureAnalysis(
                "The worker cannot compute where anneal.worker.devices or anneal.worker.light-device says: "
                        + cause.getMessage() + ".",
                "Name devices that this machine has, or none to compute on its CPU. CUDA devices need an NVIDIA driver and"
                        + " anneal.engine.cuda-libtorch, the folder of a CUDA libtorch 2.7.1 (docs/gpu.md).",
                cause);
    }
}
