// Invalid memory accesses: a handler on a stack of its own, which tells a stack overflow by the distance between the
// touched address and the stack pointer.
#include "runtime/os/os.h"

#include <signal.h>
#include <ucontext.h>

namespace dream::rt::os {

static void (*faultHandler)(const Fault &) = nullptr;
alignas(16) static char handlerStack[128 * 1024];

/// Where the interrupted code was.
static void readRegisters(const ucontext_t &context, uintptr_t &pc, uintptr_t &sp, uintptr_t &fp) {
#if defined(__x86_64__)
  pc = uintptr_t(context.uc_mcontext.gregs[REG_RIP]);
  sp = uintptr_t(context.uc_mcontext.gregs[REG_RSP]);
  fp = uintptr_t(context.uc_mcontext.gregs[REG_RBP]);
#elif defined(__i386__)
  pc = uintptr_t(context.uc_mcontext.gregs[REG_EIP]);
  sp = uintptr_t(context.uc_mcontext.gregs[REG_ESP]);
  fp = uintptr_t(context.uc_mcontext.gregs[REG_EBP]);
#elif defined(__aarch64__)
  pc = context.uc_mcontext.pc;
  sp = context.uc_mcontext.sp;
  fp = context.uc_mcontext.regs[29];
#elif defined(__riscv)
  pc = context.uc_mcontext.__gregs[REG_PC];
  sp = context.uc_mcontext.__gregs[REG_SP];
  fp = context.uc_mcontext.__gregs[REG_S0];
#elif defined(__arm__)
  pc = context.uc_mcontext.arm_pc;
  sp = context.uc_mcontext.arm_sp;
  fp = context.uc_mcontext.arm_fp;
#else
#error "say where this target keeps its registers"
#endif
}

static void onFault(int, siginfo_t *info, void *context) {
  Fault fault{};
  readRegisters(*static_cast<ucontext_t *>(context), fault.programCounter, fault.stackPointer, fault.framePointer);
  const uintptr_t sp = fault.stackPointer;
  fault.address = uintptr_t(info->si_addr);
  // A frame larger than this is touched page by page by its prologue, so an overflow is always near the pointer.
  constexpr uintptr_t kNear = 64 * 1024;
  fault.stackOverflow = fault.address + kNear > sp && fault.address < sp + kNear && fault.address < stackTop();
  faultHandler(fault);
}

void installFaultHandler(void (*handler)(const Fault &)) {
  faultHandler = handler;
  stackTop(); // ask now: it may not be safe inside the handler
  stack_t stack{};
  stack.ss_sp = handlerStack;
  stack.ss_size = sizeof(handlerStack);
  sigaltstack(&stack, nullptr);
  struct sigaction action{};
  action.sa_sigaction = onFault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND | SA_NODEFER;
  sigaction(SIGSEGV, &action, nullptr);
  sigaction(SIGBUS, &action, nullptr);
}

} // namespace dream::rt::os
