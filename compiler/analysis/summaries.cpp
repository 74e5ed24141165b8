#include "compiler/analysis/summaries.h"
#include "compiler/analysis/components.h"
#include "compiler/analysis/effects.h"
#include "compiler/analysis/heap_graph.h"
#include "llvm/Support/raw_ostream.h"

namespace dream::analysis {

using namespace dil;

bool Summary::add(Flow flow) {
  if (auto known = llvm::find_if(flows, [&](const Flow &other) { return other.sameEnds(flow); }); known != flows.end()) {
    bool isMore = known->moved.join(flow.moved);
    return known->holders.join(flow.holders) || isMore;
  }
  movesStrings |= flow.ofStrings;
  flows.push_back(std::move(flow));
  return true;
}

/// What does not settle within so many rounds is not followed: the work stays proportional to the program.
constexpr unsigned kMostRounds = 16;

/// Entries that run code of the program with what they get.
static bool runsProgram(llvm::StringRef symbol) {
  return symbol == "dr_object_to_string" || symbol == "dr_object_try_to_string";
}

/// Of what has no body. C borrows arrays of plain values for the time of the call, and may keep everything else. The
/// runtime keeps nothing (HeapGraph::applyRuntime).
void ModuleSummaries::summariseDeclaration(const Function &function, Summary &summary) {
  if (function.kind == FuncKind::Dream)
    summary.isUnknown = true;
  if (function.kind == FuncKind::Runtime) {
    // The error of dr_object_try_to_string. The rest is what the program's own functions do: summariseToString.
    if (!runsProgram(function.symbol))
      return;
    for (unsigned i = 0; i < function.params.size(); ++i)
      if (function.params[i].convention == Convention::Address)
        summary.add({FlowEnd::Heap, FlowEnd::Place, 0, i});
    if (withStrings) {
      summary.add({FlowEnd::Reach, FlowEnd::Result, 0, 0, true});
      summary.add({FlowEnd::Heap, FlowEnd::Result, 0, 0, true});
    }
    return;
  }
  for (unsigned i = 0; i < function.params.size(); ++i) {
    const Param &param = function.params[i];
    if (withStrings && !param.isLent && module.types.mayReferToString(param.type) && module.types.kind(param.type) != TypeKind::String)
      summary.add({FlowEnd::Reach, FlowEnd::Heap, i, 0, true, {{function.loc, "may be kept by C, which has not promised [NoEscape]"}}});
    TypeId element = elementType(module.types, param.type);
    if (param.isLent || !module.types.mayRefer(param.type) || (element.isValid() && module.types.isPlain(element)))
      continue;
    summary.add({FlowEnd::Self, FlowEnd::Heap, i, 0, false, {{function.loc, "may be kept by C, which has not promised [NoEscape]"}}});
    if (param.convention == Convention::Address)
      summary.add({FlowEnd::Heap, FlowEnd::Place, 0, i});
  }
  if (module.types.mayRefer(function.result))
    summary.add({FlowEnd::Heap, FlowEnd::Result});
  if (withStrings && module.types.mayReferToString(function.result))
    summary.add({FlowEnd::Heap, FlowEnd::Result, 0, 0, true});
}

/// What some ToString() of the program does with its object.
bool ModuleSummaries::summariseToString(Summary &summary) const {
  bool changed = false;
  for (const ClassTable &table : module.classes) {
    if (!table.toString.isValid())
      continue;
    const Summary &method = all[table.toString.index];
    changed |= method.isUnknown && !summary.isUnknown;
    summary.isUnknown |= method.isUnknown;
    changed |= (method.keeps && !summary.keeps) || (method.keepsOthers && !summary.keepsOthers);
    summary.keeps |= method.keeps;
    summary.keepsOthers |= method.keepsOthers;
    changed |= method.keepsStrings && !summary.keepsStrings;
    summary.keepsStrings |= method.keepsStrings;
    summary.movesStrings |= method.keepsStrings;
    changed |= summary.keptTypes.join(method.keptTypes);
    for (const Flow &flow : method.flows)
      if (flow.to != FlowEnd::Result && flow.to != FlowEnd::Parts)
        changed |= summary.add(flow);
  }
  return changed;
}

void ModuleSummaries::collectComponents(CallTargets &targets) {
  uint32_t destructors = module.functions.size();
  std::vector<std::vector<uint32_t>> edges(module.functions.size() + 1);
  for (const ClassTable &table : module.classes)
    if (table.destructor.isValid())
      edges[destructors].push_back(table.destructor.index);
  for (uint32_t i = 0; i < module.functions.size(); ++i) {
    if (module.functions[i].isDeclaration() && runsProgram(module.functions[i].symbol))
      for (const ClassTable &table : module.classes)
        if (table.toString.isValid())
          edges[i].push_back(table.toString.index);
    if (runsDestructors(module.functions[i]))
      edges[i].push_back(destructors);
    for (const Block &block : module.functions[i].blocks)
      for (const Inst *inst : block.insts) {
        auto *closure = llvm::dyn_cast<CallFnInst>(inst);
        if (auto *call = llvm::dyn_cast<CallBase>(inst))
          for (FuncId target : closure ? targets.closureTargets(module.functions[i][closure->callee].type) : targets.targets(*call))
            edges[i].push_back(target.index);
        if (llvm::isa<AllocInst, CallBase>(inst) && inst->result.isValid() &&
            module.types.isDropSignificant(module.functions[i][inst->result].type))
          edges[i].push_back(destructors);
      }
  }
  recursive.resize(module.functions.size());
  forEachComponent(
      edges.size(), [&](uint32_t node, uint32_t edge) { return edge < edges[node].size() ? edges[node][edge] : kNoEdge; },
      [&](llvm::ArrayRef<uint32_t> members) {
        llvm::SmallVector<FuncId, 1> component;
        for (uint32_t member : members) {
          if (member == destructors)
            continue;
          all[member].component = unsigned(components.size());
          recursive[member] = members.size() > 1 || llvm::is_contained(edges[member], member);
          if (!module.functions[member].isDeclaration() || runsProgram(module.functions[member].symbol))
            component.push_back(FuncId(member));
        }
        if (!component.empty())
          components.push_back(std::move(component));
      });
}

ModuleSummaries::ModuleSummaries(const Module &module, CallTargets &targets, ObjectTypes *types, bool withStrings)
    : module(module), cycles(module), withStrings(withStrings), all(module.functions.size()) {
  for (uint32_t i = 0; i < module.functions.size(); ++i)
    if (module.functions[i].isDeclaration())
      summariseDeclaration(module.functions[i], all[i]);
  collectComponents(targets);
  auto solve = [&] {
    for (const auto &component : components) {
      unsigned rounds = 0;
      for (bool again = true; again;) {
        again = false;
        if (++rounds > kMostRounds)
          for (FuncId member : component)
            all[member.index].isUnknown = true;
        for (FuncId member : component)
          again |= module[member].isDeclaration() ? summariseToString(all[member.index])
                                                  : HeapGraph(module, module[member], targets, all, cycles, leaks, types, withStrings).summarise(all[member.index]);
        again &= recursive[component.front().index] && rounds <= kMostRounds;
      }
    }
  };
  solve();
  for (const ClassTable &table : module.classes)
    leaks |= table.destructor.isValid() && !all[table.destructor.index].flows.empty();
  if (leaks)
    solve(); // Summaries only grow.
}

//===-- Text --------------------------------------------------------------------------------------------------===//

static std::string spell(const Function &function, FlowEnd end, unsigned param) {
  std::string name = param < function.params.size() ? function.params[param].name.text().str() : "";
  if (name.empty())
    name = std::to_string(param);
  switch (end) {
  case FlowEnd::Heap:
    return "heap";
  case FlowEnd::Place:
    return "place %" + name;
  case FlowEnd::Self:
    return "%" + name;
  case FlowEnd::Reach:
    return "reach %" + name;
  case FlowEnd::Result:
    return "result";
  case FlowEnd::Parts:
    return "parts of result";
  case FlowEnd::Kept:
    return "new";
  }
  __builtin_unreachable();
}

void printSummaries(const Module &module, const ModuleSummaries &summaries, llvm::raw_ostream &out) {
  for (uint32_t i = 0; i < module.functions.size(); ++i) {
    const Function &function = module.functions[i];
    if (function.isDeclaration())
      continue;
    const Summary &summary = summaries.of(FuncId(i));
    out << function.symbol << ':' << (summary.isFresh ? summary.isUnbounded ? " fresh, any number" : " fresh" : "")
        << (summary.freshStrings ? " fresh strings" : "") << (summary.isUnknown ? " unknown" : "") << '\n';
    for (const Flow &flow : summary.flows) {
      bool isHolder = flow.to == FlowEnd::Self || flow.to == FlowEnd::Reach || flow.to == FlowEnd::Kept;
      out << "  " << (flow.ofStrings ? "strings of " : "") << spell(function, flow.ofStrings && flow.from == FlowEnd::Reach ? FlowEnd::Self : flow.from, flow.fromParam) << " -> " << (isHolder ? "held by " : "")
          << spell(function, flow.to, flow.toParam);
      for (const Step &step : flow.path)
        out << (&step == flow.path.begin() ? ": " : ", ") << step.what;
      out << '\n';
    }
  }
}

} // namespace dream::analysis
