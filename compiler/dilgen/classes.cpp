// Class tables: vtables, interface tables, destructors and ToString of everything that the program makes or tests for.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

void ModuleGen::needDescriptor(TypeId type) {
  switch (types.kind(type)) {
  case TypeKind::Class:
    if (described.insert({type, uint8_t(1)}).second && types.info(type).base.isValid())
      needDescriptor(types.info(type).base);
    return;
  case TypeKind::Optional:
  case TypeKind::Weak: return needDescriptor(types[type].element);
  case TypeKind::Interface:
  case TypeKind::Object:
  case TypeKind::String:
  case TypeKind::Array:
  case TypeKind::Rect: return; // Made from the type alone.
  default: return needBox(type);
  }
}

void ModuleGen::needTables(TypeId type) {
  needDescriptor(type);
  needBox(type);
}

void ModuleGen::needBox(TypeId type) {
  uint8_t &state = described[type];
  if (state == 2)
    return;
  state = 2;
  tablesToFill.push_back(type);
}

void ModuleGen::needSlot(TypeId, unsigned) {} // Every slot of every class that is made is filled.

std::string ModuleGen::placeName(TypeId holder, unsigned field) const {
  const NominalInfo &info = types.info(holder);
  const FieldInfo &one = info.fields[field];
  llvm::StringRef owner = one.owner.isValid() ? types.info(one.owner).name.text() : info.name.text();
  return (owner + "." + one.name.text()).str();
}

/// Of a class's functions only those that something calls have been checked; the other slots stay empty.
bool ModuleGen::isLowered(FunctionId id) const {
  return id.isValid() && !program[id].isAbstract && program[id].isReachable;
}

// ---- Destructors ----------------------------------------------------------------------------------------------------

FuncId ModuleGen::ownDestructor(TypeId type) {
  FunctionId own = types.info(type).hasDestructor ? program.destructors[types[type].nominal.index] : FunctionId();
  return isLowered(own) ? function(own) : FuncId();
}

FuncId ModuleGen::destructorOf(TypeId type) {
  for (; type.isValid(); type = types.info(type).base)
    if (FuncId own = ownDestructor(type); own.isValid())
      return own;
  return FuncId();
}

// ---- Boxes ----------------------------------------------------------------------------------------------------------

/// A method as its interface's table holds it: `this` of a struct's method is the box, and the result is what the interface says.
FuncId ModuleGen::boxedMethod(TypeId interface, FunctionId interfaceMethod, TypeId boxed, FunctionId method) {
  const sema::FunctionInfo &declared = program[interfaceMethod], &target = program[method];
  bool isDefault = types.kind(program[target.thisVariable].type) == TypeKind::Interface;
  if (isDefault)
    return function(method);
  FuncId made = module.addFunction();
  dil::Function &fn = module[made];
  fn.symbol = target.symbol + "$boxed" + std::to_string(made.index);
  fn.params = paramsOf(declared);
  fn.result = declared.result;
  fn.canThrow = declared.mayThrow;
  fn.loc = target.range.begin;
  later([this, made, boxed, method, &target] {
    FunctionGen gen(*this, made, nullptr);
    gen.b.loc = module[made].loc;
    llvm::SmallVector<ValueId, 4> args = gen.beginBody();
    // The method works on the content's copy, which goes back into the box if it was changed.
    bool isClass = types.isClassRef(boxed);
    FunctionGen::Argument self = gen.receiverOf(isClass ? gen.b.cast(dil::CastKind::Down, args[0], boxed) : gen.hold(gen.b.unbox(args[0], boxed)), target);
    if (self.kind == FunctionGen::Argument::Kind::Ref) {
      Cleanup back(Cleanup::Kind::Rebox, self.place.base); // if the method throws, too
      back.box = args[0];
      gen.push(back);
    }
    size_t start = gen.mark();
    llvm::SmallVector<FunctionGen::Argument, 8> passed{self};
    for (size_t i = 1; i < args.size(); ++i)
      passed.push_back(FunctionGen::Argument::handedOn(gen.fn.params[i], args[i]));
    ValueId result = gen.finishCall(method, sema::Dispatch::Direct, passed, start);
    gen.endAll(0);
    if (TypeId wanted = module[made].result; result.isValid() && gen.typeOf(result) != wanted) {
      bool isReference = types.isClassRef(gen.typeOf(result));
      if (!isReference)
        needTables(gen.typeOf(result));
      result = isReference ? gen.b.cast(dil::CastKind::Up, result, wanted) : gen.b.box(result, wanted);
    }
    gen.b.ret(result);
    gen.endBody();
  });
  return made;
}

/// ToString of a box, or of an array that is an object.
FuncId ModuleGen::boxedToString(TypeId boxed) {
  FuncId made = module.addFunction();
  dil::Function &fn = module[made];
  fn.symbol = "ToString$boxed$" + types.spell(boxed) + "$" + std::to_string(made.index);
  fn.params = {param("this", types::Object, dil::Convention::Borrow)};
  fn.result = types::String;
  FunctionId method = textMethod(boxed);
  fn.canThrow = textThrows(boxed);
  later([this, made, boxed, method] {
    FunctionGen gen(*this, made);
    ValueId self = gen.beginBody()[0];
    size_t start = gen.mark();
    bool isArray = types.kind(boxed) == TypeKind::Array || types.kind(boxed) == TypeKind::Rect; // these need no box
    ValueId content = isArray ? gen.b.cast(dil::CastKind::Down, self, boxed) : gen.hold(gen.b.unbox(self, boxed));
    ValueId text = gen.toText(content, boxed, method);
    gen.endAll(start);
    gen.b.ret(text);
    gen.endBody();
  });
  return made;
}

// ---- Tables ---------------------------------------------------------------------------------------------------------

void ModuleGen::fillTable(dil::ClassTable &table) {
  TypeId type = table.type;
  bool isClass = types.kind(type) == TypeKind::Class;
  uint32_t nominal = types[type].nominal.index;
  if (isClass && nominal < program.vtables.size())
    for (FunctionId method : program.vtables[nominal])
      table.vtable.push_back(isLowered(method) ? function(method) : FuncId());
  for (const sema::Conformance &conformance : program.conformances) {
    if (conformance.type != type)
      continue;
    dil::InterfaceTable methods{conformance.interface, {}};
    const auto &declared = interfaceMethods(conformance.interface);
    for (size_t i = 0; i < conformance.methods.size(); ++i) {
      FunctionId method = conformance.methods[i];
      if (!isLowered(method))
        methods.methods.push_back(FuncId());
      else if (isClass && program[method].result == program[declared[i]].result)
        methods.methods.push_back(function(method));
      else
        methods.methods.push_back(boxedMethod(conformance.interface, declared[i], type, method));
    }
    table.interfaces.push_back(std::move(methods));
  }
  if (auto tables = iteratorTables.find(type); tables != iteratorTables.end())
    table.interfaces = tables->second;
  if (isClass) {
    FunctionId text = nominal < program.toStrings.size() ? program.toStrings[nominal] : FunctionId();
    if (isLowered(text))
      table.toString = function(text);
  } else {
    table.toString = boxedToString(type);
  }
}

/// The methods that an interface declares, in the order of its slots.
const std::vector<FunctionId> &ModuleGen::interfaceMethods(TypeId interface) {
  auto [found, isNew] = slotsOfInterface.try_emplace(interface);
  if (!isNew)
    return found->second;
  NominalId nominal = types[interface].nominal;
  for (uint32_t i = 0; i < program.functions.size(); ++i) {
    const sema::FunctionInfo &info = program.functions[i];
    if (info.owner != nominal || !info.slot)
      continue;
    if (found->second.size() <= *info.slot)
      found->second.resize(*info.slot + 1);
    found->second[*info.slot] = FunctionId(i);
  }
  return found->second;
}

void ModuleGen::buildClasses() {
  // Filling a table makes functions reachable, whose bodies make objects of more classes.
  llvm::MapVector<TypeId, dil::ClassTable> tables;
  for (size_t done = 0;;) {
    drain();
    if (done == tablesToFill.size())
      break;
    TypeId type = tablesToFill[done++];
    dil::ClassTable table;
    table.type = type;
    fillTable(table);
    if (types.kind(type) == TypeKind::Class)
      table.destructor = destructorOf(type);
    tables[type] = std::move(table);
  }
  std::vector<TypeId> order;
  for (auto &[type, state] : described)
    order.push_back(type);
  llvm::sort(order);
  for (TypeId type : order) {
    dil::ClassTable &table = tables[type];
    table.type = type;
    // Of an abstract or unused base only the descriptor is needed; going up, codegen finds destructors there.
    if (types.kind(type) == TypeKind::Class && described[type] == 1) {
      table.vtable.resize(types.info(type).slotCount);
      table.destructor = destructorOf(type);
    }
    if (types.kind(type) == TypeKind::Struct && types.info(type).hasDestructor)
      table.destructor = ownDestructor(type);
    module.classes.push_back(std::move(table));
  }
  drain();
}

} // namespace dream::dilgen
