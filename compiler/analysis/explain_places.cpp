#include "compiler/analysis/explain_places.h"

namespace dream::analysis {

using namespace dil;

static const char *adviceAgainst(Obstacle obstacle) {
  switch (obstacle) {
  case Obstacle::None: case Obstacle::Chosen: case Obstacle::Asked:
    return "";
  case Obstacle::KnownToOthers:
    return "if nobody needs it once the function has ended, do not hand it out there";
  case Obstacle::Loop:
    return "let the variable that keeps it begin and end inside of the loop, or put the loop in an arena if all of it ends together";
  case Obstacle::Size:
    return "make it smaller: up to 4096 bytes of an array and 1024 of an object lie in a frame, up to 16384 in a region";
  case Obstacle::LargeFunction:
    return "make it outside of the function, and pass it";
  case Obstacle::Holder:
    return "make what holds it so that it does not leave the function";
  case Obstacle::Kind:
    return "use a class, or an array with one dimension";
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

std::vector<PlaceRow> explainPlaces(const Module &module, const Placements &placements) {
  std::vector<PlaceRow> rows;
  for (uint32_t i = 0; i < module.functions.size(); ++i) {
    const Function &function = module.functions[i];
    if (function.isDeclaration() || isMaker(function))
      continue;
    llvm::DenseMap<const Inst *, const SitePlan *> sites;
    for (const SitePlan &site : placements.of(FuncId(i)).sites)
      sites[site.inst] = &site;
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts) {
        const SitePlan *site = sites.lookup(inst);
        std::string what;
        TypeId type = inst->result.isValid() ? function[inst->result].type : TypeId();
        if (auto *call = llvm::dyn_cast<CallInst>(inst)) {
          const Function &callee = module[call->callee];
          if (isMaker(callee))
            what = "new " + module.types.spell(callee.result);
          else
            what = "the result of '" + nameOf(callee).str() + "'";
          if (!site && isMaker(callee))
            site = madeBy(placements.of(call->callee));
        } else if (llvm::isa<AllocInst>(inst)) {
          what = "new " + module.types.spell(type);
        } else if (llvm::isa<ClosureInst>(inst)) {
          what = "a closure";
        } else if (type.isValid()) {
          what = module.types.spell(type);
        }
        if (!site)
          continue;
        PlaceRow row{inst->loc, what, nameOf(function).str(), site->place, {}, {}, {}, ""};
        if (site->place == PlaceKind::Arena)
          row.arena = placements.of(FuncId(i)).arenas[site->region].opening->name.str();
        if (site->place == PlaceKind::Region)
          if (BlockId header = placements.of(FuncId(i)).regions[site->region].header; header.isValid())
            row.loop = locOf(function, header);
        if (site->place == PlaceKind::Heap) {
          row.path = site->why;
          row.advice = adviceAgainst(site->obstacle);
        }
        rows.push_back(std::move(row));
      }
  }
  return rows;
}

} // namespace dream::analysis
