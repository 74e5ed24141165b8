#include "compiler/analysis/explain_places.h"
#include "llvm/Support/JSON.h"

namespace dream::analysis {

using namespace dil;

static const char *adviceAgainst(Obstacle obstacle) {
  switch (obstacle) {
  case Obstacle::None: case Obstacle::Chosen: case Obstacle::Asked:
    return "";
  case Obstacle::KnownToOthers:
    return "if nobody needs it once the function has ended, do not hand it out there";
  case Obstacle::Loop:
    return "let the variable that keeps it begin and end inside of the loop";
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
static bool isMaker(const Function &function) { return nameOf(function).ends_with(".new"); }

/// A place in the source for a block.
static SourceLoc locOf(const Function &function, BlockId block) {
  for (const Inst *inst : function[block].insts)
    if (inst->loc.isValid())
      return inst->loc;
  return {};
}

/// The plan of the object that a maker makes.
static const SitePlan *madeBy(const FunctionPlan &maker) {
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

static const char *spell(PlaceKind place) {
  switch (place) {
  case PlaceKind::Heap:
    return "heap";
  case PlaceKind::Frame:
    return "frame";
  case PlaceKind::Region:
    return "region";
  case PlaceKind::Caller:
    return "caller";
  case PlaceKind::Arena:
    return "arena";
  }
  __builtin_unreachable();
}

void printPlaces(std::vector<PlaceRow> rows, const SourceManager &sources, llvm::function_ref<bool(FileId)> isShown, bool asJson,
                 llvm::raw_ostream &out) {
  llvm::erase_if(rows, [&](const PlaceRow &row) { return !row.loc.isValid() || !isShown(sources.fileOf(row.loc)); });
  llvm::stable_sort(rows, [](const PlaceRow &a, const PlaceRow &b) { return a.loc < b.loc; });
  auto at = [&](SourceLoc loc) {
    LineColumn place = sources.lineColumn(loc);
    return sources.name(sources.fileOf(loc)).str() + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
  };
  if (!asJson) {
    for (const PlaceRow &row : rows) {
      out << at(row.loc) << ": " << row.what << ": " << spell(row.place) << (row.arena.empty() ? "" : " ") << row.arena;
      if (row.place == PlaceKind::Frame)
        out << ": it does not leave '" << row.function << "'";
      else if (row.place == PlaceKind::Region)
        out << ": it does not leave '" << row.function << "', "
            << (row.loop.isValid() ? "and goes with each turn of the loop at " + at(row.loop) : "where there may be any number of them");
      else if (row.place == PlaceKind::Caller)
        out << ": it is a part of the result of '" << row.function << "', and lives where that is used";
      out << '\n';
      for (const Step &step : row.path)
        out << "    " << (step.loc.isValid() ? at(step.loc) + ": " : "") << "it " << step.what << '\n';
      if (!row.advice.empty())
        out << "    cheaper: " << row.advice << '\n';
    }
    return;
  }
  llvm::json::OStream json(out, 2);
  json.array([&] {
    for (const PlaceRow &row : rows)
      json.object([&] {
        json.attribute("at", at(row.loc));
        json.attribute("what", row.what);
        json.attribute("function", row.function);
        json.attribute("place", spell(row.place));
        if (row.place == PlaceKind::Arena)
          json.attribute("arena", row.arena);
        if (row.loop.isValid())
          json.attribute("loop", at(row.loop));
        json.attributeArray("because", [&] {
          for (const Step &step : row.path)
            json.object([&] {
              if (step.loc.isValid())
                json.attribute("at", at(step.loc));
              json.attribute("it", step.what);
            });
        });
        if (!row.advice.empty())
          json.attribute("cheaper", row.advice);
      });
  });
  out << '\n';
}

} // namespace dream::analysis
