// The tree of alias tags; its shape is drawn in alias_tags.h.
#include "compiler/codegen/alias_tags.h"

namespace dream::codegen {

AliasTags::AliasTags(const TypeTable &types, llvm::LLVMContext &context, bool enabled)
    : types(types), builder(context), enabled(enabled) {
  if (!enabled)
    return;
  byteNode = builder.createTBAAScalarTypeNode("byte", builder.createTBAARoot("Dream"));
  rawTag = tagOf(byteNode);
  lengthTag = tagOf(builder.createTBAAScalarTypeNode("length", byteNode));
  dimensionTag = tagOf(builder.createTBAAScalarTypeNode("dimension", byteNode));
  typeTag = tagOf(builder.createTBAAScalarTypeNode("type", byteNode));
}

llvm::MDNode *AliasTags::scalarNode(TypeId type) {
  // All references share a node: a place of a base type may hold, and be passed as, any of them.
  bool isReference = types.isCounted(type) || type == types::Null;
  TypeId key = isReference ? types::Object : type;
  if (types.kind(key) == TypeKind::Pointer)
    key = types::Null;
  else if (types.kind(key) == TypeKind::Enum)
    key = types.info(key).underlying.isValid() ? types.info(key).underlying : types::Int32;
  llvm::MDNode *&node = nodes[key];
  if (!node) {
    std::string name = key == types::Object ? "reference" : key == types::Null ? "pointer" : types.spell(key);
    node = builder.createTBAAScalarTypeNode(name, byteNode);
  }
  return node;
}

llvm::MDNode *AliasTags::scalar(TypeId type) { return enabled ? tagOf(scalarNode(type)) : nullptr; }

llvm::MDNode *AliasTags::element(TypeId elementType) {
  if (!enabled)
    return nullptr;
  llvm::MDNode *scalar = scalarNode(elementType);
  std::string name = (llvm::cast<llvm::MDString>(scalar->getOperand(0))->getString() + "[]").str();
  return tagOf(builder.createTBAAScalarTypeNode(name, scalar));
}

llvm::MDNode *AliasTags::field(TypeId holder, unsigned index) {
  if (!enabled)
    return nullptr;
  const NominalInfo &info = types.info(holder);
  const FieldInfo &field = info.fields[index];
  const NominalInfo &owner = field.owner.isValid() ? types.info(field.owner) : info;
  std::string name = owner.qualifiedName + "." + field.name.text().str();
  return tagOf(builder.createTBAAScalarTypeNode(name, scalarNode(field.type)));
}

} // namespace dream::codegen
