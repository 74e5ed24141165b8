// The order of the passes, with the reason beside each line.
#include "compiler/analysis/arena_extents.h"
#include "compiler/dil/verify/verify.h"
#include "compiler/passes/pass.h"
#include "llvm/ADT/ArrayRef.h"

namespace dream::passes {

using namespace dil;

void PassStatistics::add(llvm::StringRef pass, llvm::StringRef what, uint64_t count) {
  if (count == 0)
    return;
  for (Row &row : rows)
    if (row.pass == pass && row.what == what) {
      row.count += count;
      return;
    }
  rows.push_back({pass, what, count});
}

uint64_t PassStatistics::total() const {
  uint64_t sum = 0;
  for (const Row &row : rows)
    sum += row.count;
  return sum;
}

namespace {

enum class Kind : uint8_t { Mandatory, Diagnosing, Optional };

struct Pass {
  llvm::StringRef name;
  Kind kind;
  void (*run)(PassContext &);
};

constexpr Pass kPasses[] = {
#define PASS(FUNCTION, NAME, KIND) {NAME, Kind::KIND, FUNCTION},
#include "compiler/passes/passes.def"
};

struct Step {
  void (*run)(PassContext &);
  Stage before; ///< The stage that the module must be in.
};

constexpr Step kOrder[] = {
    {removeUnreachable, Stage::Raw}, // Flow facts should not speak of code that never runs.
    {definiteInit, Stage::Raw},      // Diagnoses what the user wrote, so before anything is moved.
    {endAccesses, Stage::Raw},       // What overlaps is said of accesses that end with their last use.
    {exclusivity, Stage::Raw},       // Diagnoses too.
    {captures, Stage::Raw},          // Likewise.
    {arenas, Stage::Raw},            // Likewise, so it depends on nothing that is optional.
    {sharedWrites, Stage::Raw},      // Likewise.
    {lastUse, Stage::Raw},           // Drops that it places early make later ones vanish in the next step.
    {resolveSlots, Stage::Raw},      // Every drop_slot becomes what it means: the module is owned.
    {takePutBack, Stage::Owned},     // Before optimisations: they may not see two ways to one place as one.
    {iterators, Stage::Owned},       // What lives across a yield is a field from here on, which nobody else uses meanwhile.
    {inlineCalls, Stage::Owned},     // So that the steps behind it see more than calls.
    {firstWrites, Stage::Owned},     // Constructors stand behind their objects now.
    {splitSlots, Stage::Owned},      // So that each part of a struct is a variable for them.
    {straighten, Stage::Owned},      // Blocks that held nothing but accesses of structs are empty now.
    {promoteSlots, Stage::Owned},    // So that the next step sees through variables.
    {stackClosures, Stage::Owned},   // It sees through variables, and what it captures is only looked at from here on.
    {inlineCalls, Stage::Owned},     // Closures that are called directly now are often small.
    {straighten, Stage::Owned},      // Likewise.
    {returnedParams, Stage::Owned},  // Callers copy what they have themselves.
    {borrowLoads, Stage::Owned},     // Copies that are only looked at are not made.
    {cursors, Stage::Owned},         // What is still a slot, and walks through objects, needs no counts.
    {ownParams, Stage::Owned},       // What is still copied is kept by somebody.
    {moveCopies, Stage::Owned},      // Its callers copy what they had only lent.
    {soleArrays, Stage::Owned},      // After them: a copy that is gone shares no array.
    {uniqueHoist, Stage::Owned},     // Likewise; what is still tested.
    {place, Stage::Owned},           // Sees who still holds what, now that copies are gone: the module is placed.
    {noAlloc, Stage::Placed},        // Diagnoses what was decided.
    {ownParts, Stage::Placed},       // Only what stays on the heap.
    {reuse, Stage::Placed},          // Likewise, parts that are owned now among it.
    {lowerCounts, Stage::Placed},    // Copies and drops become retains and releases: the module is counted.
    {hoistArrays, Stage::Counted},   // Borrows need no ends any more, so they can be moved freely.
};

const Pass &rowOf(void (*run)(PassContext &)) {
  for (const Pass &pass : kPasses)
    if (pass.run == run)
      return pass;
  llvm_unreachable("a step of the pipeline is not in passes.def");
}

void runOne(const Pass &pass, Module &module, DiagnosticEngine &diags, const PassOptions &options,
            PassStatistics &statistics, analysis::CallTargets &targets) {
  PassContext context{module, diags, options, statistics, pass.name, targets};
  Stage stage = module.stage;
  uint64_t counted = statistics.total();
  pass.run(context);
  bool hasChanged = module.stage != stage || (pass.kind != Kind::Diagnosing && statistics.total() != counted);
  if (options.verify && hasChanged && !diags.hasErrors())
    verifyOrDie(module, pass.name);
}

} // namespace

bool makesPromises(const Module &module) {
  return module.types.anyOnStack() || llvm::any_of(module.functions, [](const Function &function) { return function.noAlloc; });
}

void runPipeline(Module &module, DiagnosticEngine &diags, const PassOptions &given, Stage until,
                 PassStatistics &statistics) {
  // What is promised of memory holds at every level, so it is decided as if the program were optimised.
  PassOptions options = given;
  if (llvm::any_of(module.functions, analysis::ArenaExtents::hasArenas))
    options.optimization = std::max(options.optimization, 1u);
  if (makesPromises(module)) {
    options.optimization = std::max(options.optimization, 1u);
    options.placeStress = 0;
  }
  analysis::CallTargets targets(module);
  if (options.verify)
    verifyOrDie(module, "dilgen");
  for (const Step &step : kOrder) {
    // The passes of the last stage leave the module in it.
    if (step.before != module.stage || (module.stage == until && until != Stage::Counted))
      continue;
    const Pass &pass = rowOf(step.run);
    if (pass.kind == Kind::Optional && options.optimization == 0)
      continue;
    // The errors of all passes that diagnose are shown together.
    if (diags.hasErrors() && step.run != definiteInit && step.run != endAccesses && step.run != exclusivity && step.run != captures && step.run != arenas)
      return;
    runOne(pass, module, diags, options, statistics, targets);
  }
}

bool runPass(llvm::StringRef name, Module &module, DiagnosticEngine &diags, const PassOptions &options,
             PassStatistics &statistics) {
  analysis::CallTargets targets(module);
  for (const Pass &pass : kPasses)
    if (pass.name == name) {
      runOne(pass, module, diags, options, statistics, targets);
      if (options.verify && !diags.hasErrors()) // even if it has counted nothing: it is this pass that is tested
        verifyOrDie(module, pass.name);
      return true;
    }
  return false;
}

} // namespace dream::passes
