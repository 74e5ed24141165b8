#include "compiler/driver/merge_instances.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/StructuralHash.h"
#include "llvm/Transforms/Utils/FunctionComparator.h"
#include <map>

namespace dream::driver {
namespace {

/// `List<int>.Add` is `List<…>.Add`, once it is that of other lists as well.
std::string withoutArguments(llvm::StringRef name) {
  std::string made;
  unsigned depth = 0;
  for (char c : name) {
    if (c == '<' && depth++ == 0)
      made += "<\u2026>";
    if (depth == 0)
      made += c;
    if (c == '>' && depth > 0)
      --depth;
  }
  return made;
}

/// What tells functions of the same text from others.
std::string originOf(const llvm::Function &function) {
  if (const llvm::DISubprogram *place = function.getSubprogram(); place && place->getLine())
    return (place->getFilename() + ":" + llvm::Twine(place->getLine())).str();
  return withoutArguments(function.getName().split('$').first);
}

/// The same for functions that are equal, and seldom for others: which functions they call differs most often.
llvm::hash_code hashOf(const llvm::Function &function) {
  llvm::hash_code hash(llvm::StructuralHash(function));
  for (const llvm::Instruction &inst : llvm::instructions(function))
    for (const llvm::Value *operand : inst.operand_values())
      if (llvm::isa<llvm::Function>(operand) && operand != &function)
        hash = llvm::hash_combine(hash, operand);
  return hash;
}

/// In its symbol, and in its debug information, which may be missing.
void forgetArguments(llvm::Function &function) {
  if (function.getName().contains('<'))
    function.setName(withoutArguments(function.getName()));
  llvm::DISubprogram *place = function.getSubprogram();
  if (!place || !place->isDistinct())
    return;
  for (unsigned operand : {2u, 3u}) // Name and linkage name.
    if (auto *name = llvm::cast_or_null<llvm::MDString>(place->getOperand(operand).get()); name && name->getString().contains('<'))
      place->replaceOperandWith(operand, llvm::MDString::get(function.getContext(), withoutArguments(name->getString())));
}

/// The comparison of functions takes nodes of metadata for equal. What is promised of accesses in one of them alone, that they do not meet
/// others, is promised of neither when they are one function.
void forgetPromises(llvm::Function &kept, const llvm::Function &other) {
  constexpr unsigned kPromises[] = {llvm::LLVMContext::MD_tbaa, llvm::LLVMContext::MD_alias_scope, llvm::LLVMContext::MD_noalias,
                                    llvm::LLVMContext::MD_invariant_group};
  auto theirs = llvm::inst_begin(other), end = llvm::inst_end(other);
  bool isInStep = true; // Blocks may stand in another order.
  for (llvm::Instruction &inst : llvm::instructions(kept)) {
    isInStep = isInStep && theirs != end && theirs->getOpcode() == inst.getOpcode();
    for (unsigned kind : kPromises)
      if (inst.getMetadata(kind) && (!isInStep || inst.getMetadata(kind) != theirs->getMetadata(kind)))
        inst.setMetadata(kind, nullptr);
    if (isInStep)
      ++theirs;
  }
}

} // namespace

unsigned mergeInstances(llvm::Module &module) {
  llvm::MapVector<std::string, llvm::SmallVector<llvm::Function *, 2>, std::map<std::string, unsigned>> groups;
  for (llvm::Function &function : module)
    if (!function.isDeclaration() && function.hasLocalLinkage())
      groups[originOf(function)].push_back(&function);
  groups.remove_if([](auto &group) { return group.second.size() < 2; });
  llvm::GlobalNumberState numbers;
  unsigned merged = 0;
  for (bool again = true; again;) {
    again = false;
    for (auto &[origin, functions] : groups) {
      llvm::DenseMap<llvm::hash_code, llvm::SmallVector<llvm::Function *, 1>> kept;
      llvm::erase_if(functions, [&](llvm::Function *function) {
        auto &alike = kept[hashOf(*function)];
        auto same = llvm::find_if(alike, [&](llvm::Function *other) {
          return llvm::FunctionComparator(function, other, &numbers).compare() == 0;
        });
        if (same == alike.end()) {
          alike.push_back(function);
          return false;
        }
        forgetArguments(**same);
        forgetPromises(**same, *function);
        function->replaceAllUsesWith(*same);
        numbers.erase(function);
        function->eraseFromParent();
        ++merged;
        return again = true;
      });
    }
  }
  return merged;
}

} // namespace dream::driver
