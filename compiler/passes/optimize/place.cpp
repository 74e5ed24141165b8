// Gives every allocation its place, as compiler/analysis/placement.h decides. Objects in the frame get storage there.
// Functions that build objects for their callers get a second version, which takes the storage for them as its last
// parameter: direct calls hand over a part of their own frame, or of what their own caller gave them. Calls through tables
// and closures, and calls whose results are not placed, keep the first version, where these objects are on the heap.
#include "compiler/analysis/placement.h"
#include "compiler/passes/clone.h"
#include "compiler/passes/edit.h"
#include "compiler/passes/pass.h"
#include "llvm/ADT/MapVector.h"

namespace dream::passes {

using namespace dil;
using analysis::PlaceKind;
using analysis::Placements;
using analysis::SitePlan;

namespace {

class Placer {
public:
  Placer(PassContext &context, const Placements &placements) : context(context), module(context.module), placements(placements) {}

  void run() {
    uint32_t count = module.functions.size();
    for (uint32_t i = 0; i < count; ++i)
      want(FuncId(i), PlaceKind::Frame);
    for (size_t i = 0; i < versions.size(); ++i)
      want(versions.begin()[i].first, PlaceKind::Caller);
    // All bodies are copied before any is changed.
    std::vector<llvm::DenseMap<const Inst *, Inst *>> copies(versions.size());
    for (size_t i = 0; i < versions.size(); ++i) {
      auto &[original, version] = versions.begin()[i];
      version = cloneFunction(module, original, module[original].symbol + "$placed", copies[i]);
    }
    for (uint32_t i = 0; i < count; ++i)
      place(FuncId(i), FuncId(i), nullptr);
    for (size_t i = 0; i < versions.size(); ++i)
      place(versions.begin()[i].first, versions.begin()[i].second, &copies[i]);
    context.count("second versions of functions", versions.size());
  }

private:
  /// Asks for the versions that the function's calls need whose objects lie in such a place.
  void want(FuncId function, PlaceKind kind) {
    for (const SitePlan &site : placements.of(function).sites)
      if (auto *call = llvm::dyn_cast<CallInst>(site.inst); call && site.place == kind)
        versions.insert({call->callee, FuncId()});
  }

  /// Changes a function, or the version of it that gets storage from its caller, in which `copies` are its instructions.
  void place(FuncId original, FuncId target, const llvm::DenseMap<const Inst *, Inst *> *copies) {
    Function &function = module[target];
    llvm::DenseMap<const Inst *, const SitePlan *> sites;
    for (const SitePlan &site : placements.of(original).sites)
      sites[copies ? copies->lookup(site.inst) : site.inst] = &site;
    ValueId region;
    if (copies) {
      TypeId pointer = module.types.pointer(types::UInt8, false);
      function.params.push_back({module.names.intern("region"), pointer, Convention::Plain});
      region = function.addValue(pointer, Ownership::None, nullptr, function.entry());
      function[function.entry()].args.push_back(region);
    }
    if (sites.empty())
      return;
    BlockEditor editor(module, function);
    for (uint32_t i = 0, end = function.blocks.size(); i < end; ++i)
      if (llvm::any_of(function.blocks[i].insts, [&](const Inst *inst) { return sites.contains(inst); }))
        editor.rebuild(BlockId(i), [&](Inst *inst) {
          if (const SitePlan *site = sites.lookup(inst))
            place(editor, *inst, *site, region);
          editor.keep(inst);
        });
  }

  void place(BlockEditor &editor, Inst &inst, const SitePlan &site, ValueId region) {
    ValueId storage;
    if (site.place == PlaceKind::Frame)
      storage = editor.build.storage(site.shape.bytes, site.shape.align, site.shape.payloads);
    else if (site.place == PlaceKind::Caller && region.isValid())
      storage = editor.build.storageIn(region, site.offset, site.shape.bytes, site.shape.align);
    if (auto *call = llvm::dyn_cast<CallInst>(&inst)) {
      if (!storage.isValid())
        return;
      call->callee = versions.find(call->callee)->second;
      call->args.push_back(storage);
      call->uses.push_back(Use::Plain);
      context.count("calls that build in the frame");
      return;
    }
    if (!llvm::isa<AllocInst, AllocArrayInst>(inst)) {
      context.count("allocations on the heap");
      return;
    }
    auto &placed = static_cast<PlacedInst &>(inst);
    placed.storage = storage;
    placed.why = editor.build.function.copyText(analysis::reasonOf(site));
    bool isCaller = site.place == PlaceKind::Caller && region.isValid();
    context.count(!storage.isValid() ? "allocations on the heap" : isCaller ? "allocations in callers' frames" : "allocations in the frame");
  }

  PassContext &context;
  Module &module;
  const Placements &placements;
  llvm::MapVector<FuncId, FuncId> versions; ///< Of functions that build objects for their callers.
};

} // namespace

void place(PassContext &context) {
  context.module.stage = Stage::Placed;
  if (context.options.placeOnHeap || context.options.optimization == 0)
    return;
  Placements placements(context.module, context.targets, {context.options.placeStress});
  if (context.options.explanation)
    *context.options.explanation = analysis::explainPlaces(context.module, placements);
  Placer(context, placements).run();
}

} // namespace dream::passes
