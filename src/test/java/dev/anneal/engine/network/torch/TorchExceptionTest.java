package dev.anneal.engine.network.torch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Exhausted memory is told from other failures by the words of libtorch 2.7.1, which come through the interpreter of
 * programs as text.
 */
class TorchExceptionTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                """
                The following operation failed in the TorchScript interpreter.
                Traceback of TorchScript, serialized code (most recent call last):
                  File "code/__torch__.py", line 349, in layer
                    y = torch.linear(x, w)
                        ~~~~~~~~~~~~ <--- HERE
                RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.10 GiB of which 1.12 GiB is free. \
                Including non-PyTorch memory, this process has 77.97 GiB memory in use. Of the allocated memory 77.10 GiB is allocated by PyTorch, \
                and 213.51 MiB is reserved by PyTorch but unallocated.""",
                "CUDA out of memory. Tried to allocate more than 1EB memory.",
                "CUDA error: out of memory",
                "CUDA driver error: out of memory",
                "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
                "NVML_SUCCESS == r INTERNAL ASSERT FAILED at \"/pytorch/c10/cuda/CUDACachingAllocator.cpp\":1016, please report a bug to PyTorch."
            })
    void exhaustedMemoryIsRecognised(String words) {
        assertThat(failure(words).isOutOfMemory()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CUDA error: an illegal memory access was encountered",
                "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasGemmEx(...)`",
                "CUDA driver error: unspecified launch failure",
                "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"
            })
    void otherFailuresOfADeviceAreTold(String words) {
        TorchException failure = failure("in an operator\nRuntimeError: " + words + "\nCompile with more to know more");

        assertThat(failure.isOutOfMemory()).isFalse();
        assertThat(failure.deviceFault()).isEqualTo(words);
    }

    @Test
    void faultsOfProgramsAndFullDevicesAreNoneOfTheDevice() {
        assertThat(failure("expected scalar type Float but found BFloat16").deviceFault())
                .isNull();
        assertThat(failure("CUDA error: out of memory").deviceFault()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[/pytorch/third_party/gloo/gloo/transport/tcp/pair.cc:544] Connection closed by peer [127.0.0.1]:40432",
                "[/pytorch/third_party/gloo/gloo/transport/tcp/unbound_buffer.cc:78] Timed out waiting 2000ms for recv operation to complete",
                "Wait timeout",
                "wait timeout after 2000ms, keys: /work-1-1-a/0//cpu//0/1",
                "Timeout waiting for key: work-1-1-a/0//cpu//0/1 after 2000 ms",
                "[Rank 0] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=7, OpType=ALLREDUCE, NumelIn=2, NumelOut=2, "
                        + "Timeout(ms)=2000) ran for 2001 milliseconds before timing out.",
                "NCCL error in: /pytorch/torch/csrc/distributed/c10d/NCCLUtils.cpp:77, remote process exited or there was a network error, "
                        + "NCCL version 2.26.2\nncclRemoteError: A call failed possibly due to a network error or a remote process exiting prematurely.",
                "NCCL communicator was aborted on rank 0."
            })
    void aLostRankIsRecognised(String words) {
        assertThat(failure(words).isOfLostRank()).isTrue();
        assertThat(failure(words).isOutOfMemory()).isFalse();
    }

    private static TorchException failure(String words) {
        return new TorchException("in layer: " + words, new IllegalStateException("native"));
    }
}
