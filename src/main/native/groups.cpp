// Operators that open PyTorch's process groups (c10d) from TorchScript: anneal::open_group, anneal::close_group. The collectives themselves are
// libtorch's own (_c10d_functional), called by the group's name. build.sh builds it; the engine loads it beside libtorch. With USE_C10D_NCCL tensors of
// CUDA devices are combined by NCCL, if there is a device; without, by Gloo, which copies them to the host and back.
#include <ATen/Context.h>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <torch/csrc/distributed/c10d/FileStore.hpp>
#include <torch/csrc/distributed/c10d/GroupRegistry.hpp>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#ifdef USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif
#include <torch/library.h>

namespace {

using Backend = c10d::ProcessGroup::BackendType;
using Milliseconds = std::chrono::milliseconds;
using Store = c10::intrusive_ptr<c10d::Store>;

struct Group {
  c10::intrusive_ptr<c10d::ProcessGroup> ranks;
  Store store;
  bool nccl;
};

// libtorch's registry refers to groups weakly.
std::mutex guard;
std::map<std::string, Group> groups;

// In a file, for ranks of one machine. The last one that closes it removes it, unless one was killed.
Store file_store(const std::string& file, int size, Milliseconds timeout) {
  auto store = c10::make_intrusive<c10d::FileStore>(file, size);
  store->setTimeout(timeout);
  return store;
}

// Served by rank 0, on all interfaces and without authentication.
Store tcp_store(const std::string& host, int64_t port, int rank, int size, Milliseconds timeout) {
  c10d::TCPStoreOptions at;
  at.port = static_cast<std::uint16_t>(port);
  at.isServer = rank == 0;
  at.numWorkers = static_cast<std::size_t>(size);
  at.waitWorkers = false;
  at.timeout = timeout;
  return c10::make_intrusive<c10d::TCPStore>(host, at);
}

// The address names the interface of this rank's connections.
c10::intrusive_ptr<c10d::Backend> gloo_of(const Store& store, int rank, int size, const std::string& address, Milliseconds timeout) {
  auto options = c10d::ProcessGroupGloo::Options::create(timeout);
  options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname(address));
  return c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, size, options);
}

#ifdef USE_C10D_NCCL
constexpr bool WITH_NCCL = true;

// Connects when it is first used, on the device of the tensors that it is given.
c10::intrusive_ptr<c10d::Backend> nccl_of(const std::string& name, const Store& store, int rank, int size, Milliseconds timeout) {
  auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = timeout;
  options->group_name = name;
  return c10::make_intrusive<c10d::ProcessGroupNCCL>(c10::make_intrusive<c10d::PrefixStore>("nccl", store), rank, size, options);
}

// Ends NCCL by abort, because its orderly end waits without limit for ranks that may have failed. All collectives of this rank have ended, but its
// connections may still carry what others receive: it waits some seconds for them to come here too.
void end_nccl(const Group& group) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  try {
    auto closed = group.store->add("closed", 1);
    while (closed < group.ranks->getSize() && std::chrono::steady_clock::now() < limit) {
      std::this_thread::sleep_for(Milliseconds(10));
      closed = group.store->add("closed", 0);
    }
  } catch (const std::exception&) {
    // Rank 0, which serves the store, has ended, or the file's folder was removed.
  }
  group.ranks->getBackend(Backend::NCCL)->abort();
}
#else
constexpr bool WITH_NCCL = false;

c10::intrusive_ptr<c10d::Backend> nccl_of(const std::string&, const Store&, int, int, Milliseconds) {
  return {};
}

void end_nccl(const Group&) {}
#endif

// Opens a group under a name of this process, and waits for all ranks of its meeting. They meet in a file or, if its name is empty, at host:port.
void open_group(
    const std::string& name, const std::string& meeting, const std::string& file, const std::string& host, int64_t port, int64_t rank,
    int64_t size, const std::string& address, int64_t timeout_ms) {
  const auto self = static_cast<int>(rank);
  const auto all = static_cast<int>(size);
  const auto timeout = Milliseconds(timeout_ms);
  const auto everyones = file.empty() ? tcp_store(host, port, self, all, timeout) : file_store(file, all, timeout);
  const auto store = c10::make_intrusive<c10d::PrefixStore>(meeting, everyones);
  const bool with_nccl = WITH_NCCL && at::hasCUDA();
  const auto gloo = gloo_of(store, self, all, address, timeout);
  auto group = c10::make_intrusive<c10d::ProcessGroup>(store, self, all);
  group->setBackend(c10::DeviceType::CPU, Backend::GLOO, gloo);
  if (with_nccl) {
    group->setBackend(c10::DeviceType::CUDA, Backend::NCCL, nccl_of(name, store, self, all, timeout));
  } else {
    group->setBackend(c10::DeviceType::CUDA, Backend::GLOO, gloo);
  }
  group->setDefaultBackend(Backend::GLOO);
  group->setGroupName(name);
  std::lock_guard<std::mutex> lock(guard);
  c10d::register_process_group(name, group);
  groups[name] = {group, store, with_nccl};
}

void close_group(const std::string& name) {
  Group closed;
  {
    std::lock_guard<std::mutex> lock(guard);
    const auto found = groups.find(name);
    if (found == groups.end()) {
      return;
    }
    closed = found->second;
    groups.erase(found);
    c10d::unregister_process_group(name);
  }
  if (closed.nccl) {
    end_nccl(closed);
  }
}

// Conservative: TorchScript removes calls of other operators without a result.
c10::FunctionSchema schema(const char* text) {
  return torch::schema(text, c10::AliasAnalysisKind::CONSERVATIVE);
}

}  // namespace

TORCH_LIBRARY(anneal, library) {
  library.def(
      schema("open_group(str name, str meeting, str file, str host, int port, int rank, int size, str address, int timeout_ms) -> ()"),
      &open_group);
  library.def(schema("close_group(str name) -> ()"), &close_group);
}
