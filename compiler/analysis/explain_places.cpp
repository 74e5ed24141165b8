#include "compiler/analysis/explain_places.h"
#include "compiler/analysis/effects.h"
#include "llvm/ADT/DenseSet.h"

namespace dream::analysis {

using namespace dil;

/// An edit that makes the place cheaper, from the last step of the way that keeps it where it is.
static std::string adviceAgainst(const SitePlan &site) {
  llvm::StringRef last = site.why.empty() ? llvm::StringRef() : llvm::StringRef(site.why.back().what);
  switch (site.obstacle) {
  case Obstacle::None: case Obstacle::Chosen: case Obstacle::Asked: case Obstacle::Rare:
    return "";
  case Obstacle::KnownToOthers:
    if (last.starts_with("is made in an Arena"))
      return ""; // as it says
    if (last == "is thrown")
      return "give back a value that tells of the failure instead: an enum, a Result or an optional";
    if (last == "is captured by a closure")
      return "let the closure capture the values that it needs, not the object";
    if (last.starts_with("may be found by a weak"))
      return "use an index or a key instead of the weak reference";
    if (last.consume_front("is stored in "))
      return "store the values that are needed later in " + last.str() + ", not the object; or keep it in a variable of the function";
    if (last.consume_front("is handed to "))
      return "hand over the values that " + last.str() + " needs, not the object";
    return "if nobody needs it once the function has ended, do not hand it out there";
  case Obstacle::Loop:
    return "let the variable that keeps it begin and end inside of the loop, or put the loop in an arena if all of it ends together";
  case Obstacle::Size:
    return "make it smaller: up to 16384 bytes lie in a region, up to 4096 of an array and 1024 of an object in a frame";
  case Obstacle::LargeFunction:
    return "let a smaller function make it: of this one there is no second version that builds for its caller";
  case Obstacle::Holder:
    return "keep it in an array of a fixed length or in a field of an object, instead of in a collection that grows; or by itself";
  case Obstacle::Dispatch:
    return "call a function that is known: a method of a sealed class, or of a type parameter with a constraint";
  case Obstacle::Kind:
    if (llvm::isa<BoxInst>(site.inst))
      return "make it a class, or take it by a type parameter with a constraint instead of by an interface";
    return "call it here, or hand it to a function that only calls it; or use a function that is passed what it needs";
  case Obstacle::Apart:
    return "let another function make it";
  case Obstacle::Ring:
    return "close the ring with a weak reference";
  }
  __builtin_unreachable();
}

static llvm::StringRef nameOf(const Function &function) { return llvm::StringRef(function.symbol).split('$').first; }
bool isMaker(const Function &function) { return nameOf(function).ends_with(".new"); }

/// A place in the source for a block.
static SourceLoc locOf(const Function &function, BlockId block) {
  for (const Inst *inst : function[block].insts)
    if (inst->loc.isValid())
      return inst->loc;
  return {};
}

const SitePlan *madeBy(const FunctionPlan &maker) {
  for (const SitePlan &site : maker.sites)
    if (llvm::isa<AllocInst>(site.inst))
      return &site;
  return nullptr;
}

/// Strings that are put together to others.
static llvm::DenseSet<ValueId> partsOfTexts(const Module &module, const Function &function) {
  llvm::DenseSet<ValueId> parts;
  for (const Block &block : function.blocks)
    for (const Inst *inst : block.insts)
      if (auto *call = llvm::dyn_cast<CallInst>(inst); call && makesString(module[call->callee]))
        for (ValueId arg : call->args)
          if (module.types.kind(function[arg].type) == TypeKind::String)
            parts.insert(arg);
  return parts;
}

std::vector<PlaceRow> explainPlaces(const Module &module, const Placements &placements) {
  std::vector<PlaceRow> rows;
  for (uint32_t i = 0; i < module.functions.size(); ++i) {
    const Function &function = module.functions[i];
    if (function.isDeclaration())
      continue;
    llvm::DenseMap<const Inst *, const SitePlan *> sites, strings;
    llvm::DenseSet<ValueId> parts = partsOfTexts(module, function);
    for (const SitePlan &site : placements.of(FuncId(i)).sites)
      (site.isString ? strings : sites)[site.inst] = &site;
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts) {
        const SitePlan *site = sites.lookup(inst);
        // Strings stand where nothing else is made.
        bool isString = !site && strings.contains(inst) && !strings.lookup(inst)->isKept && !isMaker(module[llvm::cast<CallInst>(inst)->callee]);
        if (isString)
          site = inst->result.isValid() && parts.contains(inst->result) ? nullptr : strings.lookup(inst);
        // Objects are shown where they are asked for, and what is put into them where it is made.
        if (isMaker(function) ? llvm::isa<AllocInst>(inst) || (site && site->isKept && site->place != PlaceKind::Heap) : site && site->isKept)
          continue;
        std::string what;
        TypeId type = inst->result.isValid() ? function[inst->result].type : TypeId();
        if (auto *call = llvm::dyn_cast<CallInst>(inst)) {
          const Function &callee = module[call->callee];
          if (nameOf(callee).starts_with("core."))
            continue; // Of the library's own: the error that a loop over a list may throw.
          if (site && site->isKept)
            what = "what '" + nameOf(callee).str() + "' makes";
          else if (isMaker(callee))
            what = "new " + module.types.spell(callee.result);
          else if (isString && callee.isDeclaration())
            what = "string";
          else
            what = "the result of '" + nameOf(callee).str() + "'";
          if (!site && isMaker(callee))
            site = madeBy(placements.of(call->callee));
        } else if (llvm::isa<AllocInst>(inst)) {
          what = "new " + module.types.spell(type);
        } else if (llvm::isa<ClosureInst>(inst)) {
          what = "a closure";
        } else if (llvm::isa<CallSlotInst>(inst)) {
          what = "the result of a virtual call";
        } else if (llvm::isa<CallFnInst>(inst)) {
          what = "the result of a function value";
        } else if (type.isValid()) {
          what = module.types.spell(type);
        }
        if (!site)
          continue;
        bool hasLateLength = site->shape.bytes == 0 && (llvm::isa<AllocArrayInst>(inst) || (isString && module[llvm::cast<CallInst>(inst)->callee].isDeclaration()));
        PlaceRow row{inst->loc, what, nameOf(function).str(), site->place, {}, hasLateLength, {}, {}, ""};
        if (site->place == PlaceKind::Arena)
          row.arena = placements.of(FuncId(i)).arenas[site->region].opening->name.str();
        if (site->place == PlaceKind::Region)
          if (BlockId header = placements.of(FuncId(i)).regions[site->region].header; header.isValid())
            row.loop = locOf(function, header);
        if (site->place == PlaceKind::Heap) {
          row.path = site->why;
          row.advice = adviceAgainst(*site);
        }
        rows.push_back(std::move(row));
      }
  }
  return rows;
}

} // namespace dream::analysis
