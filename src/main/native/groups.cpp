// Operators that open PyTorch's process groups (c10d over Gloo) from TorchScript: anneal::open_group, anneal::close_group. The collectives themselves are
// libtorch's own (_c10d_functional), called by the group's name. build.sh builds it; the engine loads it beside DJL's libtorch.
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <torch/csrc/distributed/c10d/GroupRegistry.hpp>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <torch/library.h>

namespace {

// libtorch's registry refers to groups weakly.
std::mutex guard;
std::map<std::string, c10::intrusive_ptr<c10d::ProcessGroup>> groups;

// Opens a group under a name of this process, and waits for all ranks of its meeting, to whose rank 0 they come at host:port. The address names the
// interface of this rank's connections.
void open_group(
    const std::string& name, const std::string& meeting, const std::string& host, int64_t port, int64_t rank, int64_t size,
    const std::string& address, int64_t timeout_ms) {
  const auto timeout = std::chrono::milliseconds(timeout_ms);
  c10d::TCPStoreOptions at;
  at.port = static_cast<std::uint16_t>(port);
  at.isServer = rank == 0;
  at.numWorkers = static_cast<std::size_t>(size);
  at.waitWorkers = false;
  at.timeout = timeout;
  auto store = c10::make_intrusive<c10d::PrefixStore>(meeting, c10::make_intrusive<c10d::TCPStore>(host, at));
  auto options = c10d::ProcessGroupGloo::Options::create(timeout);
  options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname(address));
  auto group = c10::make_intrusive<c10d::ProcessGroup>(store, static_cast<int>(rank), static_cast<int>(size));
  auto gloo = c10::make_intrusive<c10d::ProcessGroupGloo>(store, static_cast<int>(rank), static_cast<int>(size), options);
  for (auto device : {c10::DeviceType::CPU, c10::DeviceType::CUDA}) {
    group->setBackend(device, c10d::ProcessGroup::BackendType::GLOO, gloo);
  }
  group->setDefaultBackend(c10d::ProcessGroup::BackendType::GLOO);
  group->setGroupName(name);
  std::lock_guard<std::mutex> lock(guard);
  c10d::register_process_group(name, group);
  groups[name] = group;
}

void close_group(const std::string& name) {
  std::lock_guard<std::mutex> lock(guard);
  if (groups.erase(name) > 0) {
    c10d::unregister_process_group(name);
  }
}

// Conservative: TorchScript removes calls of other operators without a result.
c10::FunctionSchema schema(const char* text) {
  return torch::schema(text, c10::AliasAnalysisKind::CONSERVATIVE);
}

}  // namespace

TORCH_LIBRARY(anneal, library) {
  library.def(
      schema("open_group(str name, str meeting, str host, int port, int rank, int size, str address, int timeout_ms) -> ()"), &open_group);
  library.def(schema("close_group(str name) -> ()"), &close_group);
}
