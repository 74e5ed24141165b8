#include "compiler/analysis/closure_flow.h"
#include "compiler/analysis/places.h"
#include "llvm/ADT/DenseSet.h"

namespace dream::analysis {

using namespace dil;

static std::string quoted(const Function &function) {
  return "'" + llvm::StringRef(function.symbol).split('$').first.str() + "'";
}

/// Follows the value through one function. What it is handed to is appended to the nodes; if it is kept, `end` says how.
void ClosureFlow::follow(std::vector<Node> &nodes, int index, bool mayBeStored,
                         llvm::DenseSet<std::pair<const Function *, unsigned>> &seen, Step &end) const {
  const Function &function = *nodes[index].function;
  llvm::DenseSet<ValueId> values{nodes[index].value};
  llvm::DenseSet<ValueId> slots;
  auto keeps = [&](const Inst &inst, const llvm::Twine &what) {
    if (end.what.empty())
      end = {inst.loc, what.str()};
  };
  auto call = [&](const CallBase &inst, size_t argument) {
    if (CallTargets::isUnknown(inst))
      return keeps(inst, "is handed to a function value, which may keep it");
    for (FuncId target : targets.targets(inst)) {
      const Function &callee = module[target];
      if (callee.isDeclaration() || argument >= callee.params.size() || callee.params[argument].convention != Convention::Borrow)
        return keeps(inst, "is handed to " + quoted(callee) + ", which may keep it");
      if (seen.insert({&callee, unsigned(argument)}).second)
        nodes.push_back({&callee, callee.blocks.front().args[argument], index, {inst.loc, "is handed to " + quoted(callee)}});
    }
  };
  auto visit = [&](const Inst &inst, ValueId operand, Use use) -> bool {
    bool grew = false;
    auto also = [&](ValueId value) { grew |= value.isValid() && values.insert(value).second; };
    switch (inst.kind) {
    case InstKind::CastInst: case InstKind::CopyInst:
      also(inst.result);
      return grew;
    case InstKind::EndBorrowInst: case InstKind::DropInst: case InstKind::CheckInst: case InstKind::CmpInst:
    case InstKind::RetainInst: case InstKind::ReleaseInst:
      return false;
    case InstKind::InitInst: case InstKind::AssignInst: case InstKind::StoreInst: {
      ValueId place = inst.kind == InstKind::InitInst     ? llvm::cast<InitInst>(inst).place
                      : inst.kind == InstKind::AssignInst ? llvm::cast<AssignInst>(inst).place
                                                          : llvm::cast<StoreInst>(inst).place;
      ValueId root = rootOf(function, place);
      const Inst *slot = function[root].definition;
      bool isVariable = isWholeRoot(function, place) && slot && llvm::isa<SlotInst>(slot);
      if (isVariable && mayBeStored)
        return slots.insert(root).second;
      keeps(inst, isVariable ? "is stored in a variable" : "is stored where it outlives the call");
      return false;
    }
    case InstKind::BrInst: {
      auto &br = llvm::cast<BrInst>(inst);
      for (size_t i = 0; i < br.args.size(); ++i)
        if (br.args[i] == operand)
          also(function[br.target].args[i]);
      return grew;
    }
    case InstKind::CallInst: case InstKind::CallSlotInst: case InstKind::CallFnInst: {
      auto &base = llvm::cast<CallBase>(inst);
      for (size_t i = 0; i < base.args.size(); ++i)
        if (base.args[i] == operand)
          call(base, i);
      return false;
    }
    case InstKind::ReturnInst:
      keeps(inst, "is returned");
      return false;
    case InstKind::ClosureInst:
      keeps(inst, "is captured by another closure");
      return false;
    default:
      (void)use;
      keeps(inst, "becomes part of something else");
      return false;
    }
  };
  for (bool grew = true; grew;) {
    grew = false;
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts) {
        forEachOperand(*inst, [&](ValueId operand, Use use) {
          if (values.contains(operand) && function[operand].ownership != Ownership::Address)
            grew |= visit(*inst, operand, use);
          if (use != Use::Address || slots.empty() || !slots.contains(rootOf(function, operand)))
            return;
          if (llvm::isa<LoadCopyInst, LoadBorrowInst, LoadTakeInst, LoadInst>(inst))
            grew |= values.insert(inst->result).second;
          else if (auto *base = llvm::dyn_cast<CallBase>(inst))
            keeps(*base, "is handed on by reference");
          else if (llvm::isa<ClosureInst>(inst))
            keeps(*inst, "is captured by another closure");
        });
      }
  }
}

llvm::SmallVector<ClosureFlow::Step, 3> ClosureFlow::escape(const Function &function, ValueId closure, bool mayBeStored) const {
  std::vector<Node> nodes{{&function, closure, -1, {}}};
  llvm::DenseSet<std::pair<const Function *, unsigned>> seen;
  for (size_t i = 0; i < nodes.size(); ++i) {
    Step end;
    follow(nodes, int(i), i > 0 || mayBeStored, seen, end);
    if (end.what.empty())
      continue;
    llvm::SmallVector<Step, 3> path{end};
    for (int at = int(i); nodes[at].parent >= 0; at = nodes[at].parent)
      path.insert(path.begin(), nodes[at].step);
    return path;
  }
  return {};
}

} // namespace dream::analysis
