// The layout of `dr_types`: see descriptors.h and runtime/abi/type_descriptor.h.
//
// Interfaces get colours: two interfaces that some class implements together have different ones, so one load at a fixed
// offset finds the table of an interface for any class. Colours are given greedily, in the order of first appearance.
#include "compiler/codegen/module_emitter.h"
#include "runtime/abi/object.h"
#include "runtime/abi/type_descriptor.h"
#include "llvm/ADT/SmallBitVector.h"
#include "llvm/Support/MathExtras.h"

namespace dream::codegen {

static constexpr uint32_t kFixedDescriptors = 5; ///< String, empty array, C array, C object, weak cell: see type_descriptor.h.

Descriptors::Descriptors(ModuleEmitter &emitter) : emitter(emitter) {
  auto *byte = llvm::Type::getInt8Ty(emitter.context);
  address = new llvm::GlobalVariable(emitter.module, byte, true, llvm::GlobalValue::ExternalLinkage, nullptr, "dr_types");
  address->setAlignment(llvm::Align(16));
  nextIndex = abi::kTypeIndexString + kFixedDescriptors * uint32_t(fixedBytes() / abi::kTypeUnit);

  llvm::SmallVector<unsigned, 8> roots;
  for (const dil::ClassTable &table : emitter.dil.classes) {
    tables[table.type] = &table;
    if (emitter.types.kind(table.type) == TypeKind::Class) {
      unsigned node = nodeOf(table.type, roots);
      nodes[node].table = &table;
    }
  }
  colourInterfaces();
  for (unsigned root : roots)
    number(root);
}

uint64_t Descriptors::fixedBytes() const { return emitter.types.pointerBytes() == 8 ? 72 : 48; }
uint32_t Descriptors::stringIndex() const { return abi::kTypeIndexString; }

const dil::ClassTable *Descriptors::table(TypeId type) const { return tables.lookup(type); }

//===-- Numbers ------------------------------------------------------------------------------------------------===//

unsigned Descriptors::nodeOf(TypeId classType, llvm::SmallVectorImpl<unsigned> &roots) {
  auto found = nodeByType.find(classType);
  if (found != nodeByType.end())
    return found->second;
  // Bases first: also those that the program names nowhere else, for the order.
  TypeId base = emitter.types.info(classType).base;
  unsigned parent = ~0u;
  if (base.isValid() && emitter.types.kind(base) == TypeKind::Class)
    parent = nodeOf(base, roots);
  unsigned node = nodes.size();
  nodes.emplace_back();
  nodes.back().type = classType;
  nodeByType[classType] = node;
  if (parent == ~0u)
    roots.push_back(node);
  else
    nodes[parent].children.push_back(node);
  return node;
}

void Descriptors::number(unsigned node) {
  nodes[node].range.first = nextIndex;
  if (nodes[node].table)
    indices[nodes[node].type] = append(nodes[node].type, nodes[node].table, false);
  uint32_t afterSelf = nextIndex;
  for (unsigned child : nodes[node].children)
    number(child);
  nodes[node].range.end = nextIndex;
  nodes[node].range.isSingle = nodes[node].table && nextIndex == afterSelf;
}

uint32_t Descriptors::append(TypeId type, const dil::ClassTable *table, bool isBox) {
  assert(!address->hasInitializer() && "all type indices have been given out");
  uint32_t index = nextIndex;
  descriptors.push_back({type, table, index, isBox});
  uint64_t bytes = fixedBytes();
  if (table || isBox) // most arrays have no methods
    bytes = slotOffset(table ? table->vtable.size() : 0);
  nextIndex += uint32_t(llvm::divideCeil(bytes, abi::kTypeUnit));
  return index;
}

uint32_t Descriptors::index(TypeId type) {
  if (type == types::String)
    return stringIndex();
  auto found = indices.find(type);
  if (found != indices.end())
    return found->second;
  TypeKind kind = emitter.types.kind(type);
  if (kind != TypeKind::Array && kind != TypeKind::Rect)
    llvm::report_fatal_error("no class table for " + llvm::Twine(emitter.types.spell(type)));
  uint32_t index = append(type, table(type), false);
  indices[type] = index;
  return index;
}

uint32_t Descriptors::boxIndex(TypeId type) {
  auto found = boxIndices.find(type);
  if (found != boxIndices.end())
    return found->second;
  uint32_t index = append(type, table(type), true);
  boxIndices[type] = index;
  return index;
}

Descriptors::Range Descriptors::classRange(TypeId type) const {
  auto found = nodeByType.find(type);
  return found == nodeByType.end() ? Range{} : nodes[found->second].range;
}

bool Descriptors::isLeaf(TypeId classType) const {
  auto found = nodeByType.find(classType);
  return found != nodeByType.end() && nodes[found->second].range.isSingle;
}

//===-- Interfaces ---------------------------------------------------------------------------------------------===//

const dil::InterfaceTable *Descriptors::interfaceMethods(const dil::ClassTable &table, TypeId interface) const {
  for (const dil::InterfaceTable &row : table.interfaces)
    if (row.interface == interface)
      return &row;
  // Inherited from a base class.
  if (emitter.types.kind(table.type) == TypeKind::Class)
    if (TypeId base = emitter.types.info(table.type).base; base.isValid())
      if (const dil::ClassTable *baseTable = this->table(base))
        return interfaceMethods(*baseTable, interface);
  return nullptr;
}

llvm::SmallVector<TypeId, 4> Descriptors::interfacesOf(const dil::ClassTable &table) const {
  llvm::SmallVector<TypeId, 4> result;
  const dil::ClassTable *current = &table;
  while (current) {
    for (const dil::InterfaceTable &row : current->interfaces)
      if (!llvm::is_contained(result, row.interface))
        result.push_back(row.interface);
    TypeId base;
    if (emitter.types.kind(current->type) == TypeKind::Class)
      base = emitter.types.info(current->type).base;
    current = base.isValid() ? this->table(base) : nullptr;
  }
  return result;
}

uint32_t Descriptors::interfaceId(TypeId interface) {
  uint32_t &id = interfaceIds[interface];
  if (id == 0) {
    interfaces.push_back(interface);
    id = interfaces.size();
  }
  return id;
}

void Descriptors::colourInterfaces() {
  std::vector<llvm::SmallVector<TypeId, 4>> together; // interfaces that stand in one class
  for (const dil::ClassTable &table : emitter.dil.classes) {
    together.push_back(interfacesOf(table));
    for (TypeId interface : together.back())
      interfaceId(interface);
  }
  std::vector<llvm::SmallBitVector> conflicts(interfaces.size(), llvm::SmallBitVector(interfaces.size()));
  for (const auto &group : together)
    for (TypeId a : group)
      for (TypeId b : group)
        if (a != b)
          conflicts[interfaceIds[a] - 1].set(interfaceIds[b] - 1);
  for (unsigned i = 0; i < interfaces.size(); ++i) {
    llvm::SmallBitVector taken(interfaces.size() + 1);
    for (unsigned other : conflicts[i].set_bits())
      if (other < i)
        taken.set(colours[interfaces[other]]);
    unsigned colour = taken.find_first_unset();
    colours[interfaces[i]] = colour;
    colourCount = std::max(colourCount, colour + 1);
  }
}

uint64_t Descriptors::colourOffset(TypeId interface) {
  // An interface that no class implements can have any colour: nothing will be found there.
  return fixedBytes() + uint64_t(colours.lookup(interface)) * emitter.types.pointerBytes();
}

uint64_t Descriptors::slotOffset(unsigned slot) const {
  return fixedBytes() + (uint64_t(colourCount) + slot) * emitter.types.pointerBytes();
}

//===-- Emission -----------------------------------------------------------------------------------------------===//

/// Offsets inside dr_types are counted here, not by LLVM.
static llvm::Constant *pack(llvm::ArrayRef<llvm::Constant *> parts) {
  return llvm::ConstantStruct::getAnon(parts, /*Packed=*/true);
}

llvm::Constant *Descriptors::interfaceTable(const dil::ClassTable &table, TypeId interface) {
  const dil::InterfaceTable *methods = interfaceMethods(table, interface);
  llvm::Type *word = llvm::Type::getIntNTy(emitter.context, emitter.types.pointerBytes() * 8);
  llvm::SmallVector<llvm::Constant *, 8> parts{llvm::ConstantInt::get(word, interfaceId(interface))};
  for (dil::FuncId method : methods->methods)
    parts.push_back(method.isValid() ? llvm::cast<llvm::Constant>(emitter.function(method))
                                     : llvm::ConstantPointerNull::get(emitter.lowering.pointer));
  auto *data = llvm::ConstantStruct::getAnon(parts);
  auto *global = new llvm::GlobalVariable(
      emitter.module, data->getType(), true, llvm::GlobalValue::PrivateLinkage, data,
      "itable$" + emitter.types.spell(table.type) + "$" + emitter.types.spell(interface));
  global->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
  return global;
}

bool Descriptors::isWide(TypeId classType) const { return emitter.types.objectLayout(classType).align > 8; }

llvm::Constant *Descriptors::emitDescriptor(const Descriptor &descriptor) {
  llvm::SmallVector<llvm::Constant *, 16> parts;
  const TypeTable &types = emitter.types;
  auto *null = llvm::ConstantPointerNull::get(emitter.lowering.pointer);
  auto word = [&](uint32_t value) { return llvm::ConstantInt::get(llvm::Type::getInt32Ty(emitter.context), value); };
  const Type &row = types[descriptor.type];
  const dil::ClassTable *table = descriptor.table;

  abi::TypeKind kind = abi::TypeKind::Object;
  uint64_t size = 0;
  uint32_t rank = 0;
  llvm::Constant *drop = null, *retain = null, *walk = null;
  bool plain, isCyclic;
  bool walksAll = emitter.options.looksForLeaks() || emitter.options.memoryStats;
  if (!descriptor.isBox && row.kind == TypeKind::Class) {
    size = types.objectLayout(descriptor.type).size;
    drop = emitter.glue.dropObject(descriptor.type);
    isCyclic = emitter.cycles.isCyclic(descriptor.type);
    if (isCyclic || walksAll)
      walk = emitter.glue.walkObject(descriptor.type);
    plain = llvm::isa<llvm::ConstantPointerNull>(drop);
  } else {
    TypeId content = descriptor.type;
    if (descriptor.isBox) {
      kind = abi::TypeKind::Box;
    } else {
      kind = row.kind == TypeKind::Rect ? abi::TypeKind::Rect : abi::TypeKind::Array;
      rank = kind == abi::TypeKind::Rect ? uint32_t(row.count) : 0;
      content = row.element;
    }
    size = emitter.lowering[content].size;
    plain = types.isPlain(content);
    drop = emitter.glue.dropAt(content);
    retain = emitter.glue.retainAt(content);
    isCyclic = descriptor.isBox ? emitter.cycles.isCyclicBox(content) : emitter.cycles.isCyclic(descriptor.type);
    if (isCyclic || walksAll)
      walk = emitter.glue.walkAt(content);
  }

  bool isWide = kind == abi::TypeKind::Box ? types.layout(descriptor.type).align > 8 : kind == abi::TypeKind::Object && this->isWide(descriptor.type);
  uint32_t flags = (isWide ? abi::kTypeWide : 0) | (plain ? abi::kTypePlain : 0) | (plain || !isCyclic ? abi::kTypeAcyclic : 0) |
                   (types.isDropSignificant(descriptor.type) ? abi::kTypeHasDestructor : 0);
  llvm::SmallVector<uint32_t, 4> ids;
  if (table)
    for (TypeId interface : interfacesOf(*table))
      ids.push_back(interfaceId(interface));
  llvm::sort(ids);
  llvm::Constant *idList = null;
  if (!ids.empty()) {
    auto *data = llvm::ConstantDataArray::get(emitter.context, ids);
    auto *list = new llvm::GlobalVariable(emitter.module, data->getType(), true, llvm::GlobalValue::PrivateLinkage, data,
                                          "$interfaces");
    list->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
    idList = list;
  }
  uint32_t parent = 0;
  if (kind == abi::TypeKind::Object)
    for (TypeId base = types.info(descriptor.type).base; base.isValid() && !parent;) {
      parent = indices.lookup(base);
      base = types.kind(base) == TypeKind::Class ? types.info(base).base : TypeId();
    }
  llvm::Constant *toString = null;
  if (table && table->toString.isValid())
    toString = emitter.glue.throwingThunk(table->toString);

  parts.append({word(uint32_t(kind)), word(uint32_t(size)), word(flags), word(rank),
                emitter.constants.cString(types.spell(descriptor.type)), drop, retain, idList, word(ids.size()),
                word(parent), toString, walk});
  if (!table && !descriptor.isBox)
    return pack(parts);
  llvm::SmallVector<llvm::Constant *, 8> byColour(colourCount, null);
  if (table)
    for (TypeId interface : interfacesOf(*table))
      byColour[colours.lookup(interface)] = interfaceTable(*table, interface);
  parts.append(byColour);
  size_t slots = table ? table->vtable.size() : 0;
  for (size_t i = 0; i < slots; ++i)
    parts.push_back(table->vtable[i].isValid() ? llvm::cast<llvm::Constant>(emitter.function(table->vtable[i])) : null);
  if (types.pointerBytes() == 4 && (colourCount + slots) % 2)
    parts.push_back(word(0));
  return pack(parts);
}

void Descriptors::emit() {
  llvm::SmallVector<llvm::Constant *, 64> parts;
  auto *null = llvm::ConstantPointerNull::get(emitter.lowering.pointer);
  auto word = [&](uint32_t value) { return llvm::ConstantInt::get(llvm::Type::getInt32Ty(emitter.context), value); };
  // Index 0 is no type.
  parts.push_back(llvm::ConstantAggregateZero::get(llvm::ArrayType::get(
      llvm::Type::getInt8Ty(emitter.context), abi::kTypeIndexString * abi::kTypeUnit)));
  auto fixed = [&](abi::TypeKind kind, llvm::StringRef name, uint32_t size = 1) {
    llvm::SmallVector<llvm::Constant *, 12> words{
        word(uint32_t(kind)), word(size), word(abi::kTypePlain | abi::kTypeAcyclic), word(0),
        emitter.constants.cString(name), null, null, null, word(0), word(0), null, null};
    parts.push_back(pack(words));
  };
  fixed(abi::TypeKind::String, "string");
  fixed(abi::TypeKind::Array, "array");
  fixed(abi::TypeKind::CBlock, "array");
  fixed(abi::TypeKind::CBlock, "object");
  fixed(abi::TypeKind::Object, "weak reference", abi::kWeakCellBytes);
  for (size_t i = 0; i < descriptors.size(); ++i) // more may be asked for meanwhile
    parts.push_back(emitDescriptor(Descriptor(descriptors[i])));

  auto *data = pack(parts);
  auto *global = new llvm::GlobalVariable(emitter.module, data->getType(), true, llvm::GlobalValue::ExternalLinkage, data);
  global->setAlignment(llvm::Align(16));
  global->takeName(address);
  address->replaceAllUsesWith(global);
  address->eraseFromParent();
  address = global;
}

} // namespace dream::codegen
