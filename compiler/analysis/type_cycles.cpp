#include "compiler/analysis/type_cycles.h"
#include "compiler/analysis/components.h"
#include "llvm/Support/raw_ostream.h"

namespace dream::analysis {

using namespace dil;

TypeCycles::TypeCycles(const Module &module)
    : module(module), types(module.types), staticTypes(uint32_t(types.size())), nodes(types.size()) {
  for (uint32_t i = 0; i < staticTypes; ++i) {
    nodes[i].type = TypeId(i);
    addParts(TypeId(i));
  }
  addClosuresAndBoxes();
  addClasses();
  findRings();
}

void TypeCycles::hold(uint32_t from, TypeId to, Name field, unsigned index) {
  switch (types.kind(to)) {
  case TypeKind::String: case TypeKind::Weak: case TypeKind::Pointer: case TypeKind::TypeParam: // A weak reference holds a cell.
    return;
  default:
    if (!types.isPlain(to))
      nodes[from].edges.push_back({to.index, false, field, index});
  }
}

/// What a value of the type consists of. Fields of classes are added for those that the program makes.
void TypeCycles::addParts(TypeId id) {
  const Type &type = types[id];
  switch (type.kind) {
  case TypeKind::Array: case TypeKind::Rect: case TypeKind::FixedArray: case TypeKind::Optional:
    if (!types.isConstArg(id))
      hold(id.index, type.element);
    if ((type.kind == TypeKind::Array || type.kind == TypeKind::Rect) && !nodes[id.index].edges.empty())
      addSubtype(types::Object, id.index);
    return;
  case TypeKind::Tuple:
    for (TypeId part : type.args)
      hold(id.index, part);
    return;
  case TypeKind::Struct:
    for (const FieldInfo &field : types.info(id).fields)
      hold(id.index, field.type, field.name);
    return;
  case TypeKind::Enum:
    for (const EnumCase &variant : types.info(id).cases)
      for (const FieldInfo &part : variant.parts)
        hold(id.index, part.type, variant.name);
    return;
  case TypeKind::Func:
    return addSubtype(types::Object, id.index);
  default: // the kinds without parts, and classes
    return;
  }
}

void TypeCycles::addSubtype(TypeId super, uint32_t node) { nodes[super.index].edges.push_back({node, true, {}}); }

uint32_t TypeCycles::boxOf(TypeId content) {
  auto [found, isNew] = boxes.try_emplace(content, uint32_t(nodes.size()));
  if (isNew) {
    nodes.emplace_back();
    nodes.back().type = content;
    nodes.back().isBox = true;
    hold(found->second, content);
    addSubtype(types::Object, found->second);
  }
  return found->second;
}

void TypeCycles::addClosuresAndBoxes() {
  for (const Function &function : module.functions)
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts)
        if (auto *closure = llvm::dyn_cast<ClosureInst>(inst)) {
          nodes[closure->environment.index].isEnvironment = true;
          addSubtype(function[closure->result].type, closure->environment.index);
        } else if (auto *box = llvm::dyn_cast<BoxInst>(inst)) {
          boxOf(function[box->value].type);
        }
}

void TypeCycles::addClasses() {
  for (const ClassTable &table : module.classes) {
    bool isClass = types.kind(table.type) == TypeKind::Class;
    uint32_t node = isClass ? table.type.index : boxOf(table.type);
    for (const InterfaceTable &row : table.interfaces)
      addSubtype(row.interface, node);
    TypeKind kind = types.kind(table.type);
    if (kind != TypeKind::Class && kind != TypeKind::Struct && kind != TypeKind::Enum)
      continue;
    const NominalInfo &info = types.info(table.type);
    for (TypeId interface : info.interfaces)
      addSubtype(interface, node);
    if (!isClass)
      continue;
    for (unsigned i = 0; i < info.fields.size(); ++i)
      hold(node, info.fields[i].type, info.fields[i].name, i);
    addSubtype(info.base.isValid() ? info.base : types::Object, node);
    if (info.base.isValid())
      addSubtype(types::Object, node); // its base may have no objects, and so no table
  }
}

void TypeCycles::findRings() {
  forEachComponent(
      uint32_t(nodes.size()),
      [&](uint32_t node, uint32_t edge) { return edge < nodes[node].edges.size() ? nodes[node].edges[edge].to : kNoEdge; },
      [&](llvm::ArrayRef<uint32_t> members) {
        bool isRing = members.size() > 1 ||
                      llvm::any_of(nodes[members[0]].edges, [&](const Edge &edge) { return edge.to == members[0]; });
        isRing = isRing && mayClose(members);
        // What it leads to comes first: what may stand in a variable is known already, or is a member itself.
        bool leads = isRing || llvm::any_of(members, [&](uint32_t member) {
                       return llvm::any_of(nodes[member].edges, [&](const Edge &edge) {
                         return edge.isSubtype && nodes[edge.to].leadsToRing;
                       });
                     });
        for (uint32_t member : members) {
          nodes[member].isCyclic = isRing;
          nodes[member].leadsToRing = leads;
        }
      });
}

/// Something in a ring of these types is put there when the ring's other parts may exist.
bool TypeCycles::mayClose(llvm::ArrayRef<uint32_t> members) {
  llvm::SmallDenseSet<uint32_t, 16> inRing(members.begin(), members.end());
  return llvm::any_of(members, [&](uint32_t member) {
    const Node &node = nodes[member];
    if (node.isBox)
      return true;
    if (types.kind(node.type) != TypeKind::Class || node.isEnvironment)
      return false;
    if (!lateStores)
      lateStores = std::make_unique<LateStores>(module);
    return llvm::any_of(node.edges, [&](const Edge &edge) {
      return !edge.isSubtype && inRing.contains(edge.to) && lateStores->isStoredLate(node.type, edge.index);
    });
  });
}

bool TypeCycles::mayLeadToRing(TypeId type) const {
  while (types.kind(type) == TypeKind::Optional)
    type = types[type].element;
  return type.index >= staticTypes || nodes[type.index].leadsToRing;
}

bool TypeCycles::isCyclicBox(TypeId content) const {
  auto found = boxes.find(content);
  return found == boxes.end() || nodes[found->second].isCyclic;
}

//===-- Text ---------------------------------------------------------------------------------------------------===//

std::string TypeCycles::spell(uint32_t node) const {
  return (nodes[node].isBox ? "a boxed " : "") + types.spell(nodes[node].type);
}

/// The shortest way from a node back to it, through what holds what.
void TypeCycles::printRing(llvm::raw_ostream &os, uint32_t start) const {
  llvm::DenseMap<uint32_t, std::pair<uint32_t, const Edge *>> cameFrom;
  std::vector<uint32_t> queue{start};
  for (size_t i = 0; i < queue.size() && !cameFrom.count(start); ++i)
    for (const Edge &edge : nodes[queue[i]].edges)
      if (nodes[edge.to].isCyclic && cameFrom.try_emplace(edge.to, queue[i], &edge).second)
        queue.push_back(edge.to);
  llvm::SmallVector<std::pair<uint32_t, const Edge *>, 8> path;
  uint32_t at = start;
  do {
    path.push_back(cameFrom.lookup(at));
    at = path.back().first;
  } while (at != start);
  for (auto &[from, edge] : llvm::reverse(path)) {
    os << "  " << spell(from);
    if (edge->isSubtype)
      os << " may be ";
    else if (edge->field)
      os << "." << edge->field.text() << " holds ";
    else
      os << " holds ";
    os << spell(edge->to) << "\n";
  }
}

void TypeCycles::print(llvm::raw_ostream &os) const {
  unsigned acyclic = 0;
  for (const ClassTable &table : module.classes) {
    bool isClass = types.kind(table.type) == TypeKind::Class;
    uint32_t node = isClass ? table.type.index : boxes.lookup(table.type);
    if (nodes[node].isEnvironment)
      continue;
    if (!nodes[node].isCyclic) {
      ++acyclic;
      continue;
    }
    os << spell(node) << " can be part of a cycle:\n";
    printRing(os, node);
  }
  os << acyclic << (acyclic == 1 ? " class" : " classes") << " of the program cannot.\n";
}

} // namespace dream::analysis
