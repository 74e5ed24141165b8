// What is inferred over the whole program once every body has been checked: which struct methods write `this`, which
// functions may throw, which are reachable; and the order in which module variables are initialised.
#include "compiler/sema/checker.h"

namespace dream::sema {

using namespace ast;

//===-- Families ----------------------------------------------------------------------------------------------===//

uint32_t Checker::familyOf(uint32_t index) {
  while (family[index] != index)
    index = family[index] = family[family[index]];
  return index;
}

/// Functions that one dispatched call may reach are of one family, and agree in what callers see.
void Checker::buildFamilies() {
  family.resize(program.functions.size());
  for (uint32_t i = 0; i < family.size(); ++i)
    family[i] = i;
  auto unite = [&](FunctionId a, FunctionId b) {
    uint32_t x = familyOf(a.index), y = familyOf(b.index);
    if (x != y)
      family[std::max(x, y)] = std::min(x, y);
  };
  for (uint32_t i = 0; i < program.functions.size(); ++i)
    if (program.functions[i].overrides.isValid())
      unite(FunctionId(i), program.functions[i].overrides);
  for (const Conformance &row : program.conformances) {
    const auto &slots = detail(types[row.interface].nominal).slots;
    for (size_t i = 0; i < slots.size(); ++i)
      if (row.methods[i].isValid())
        unite(row.methods[i], slots[i]);
  }
  // What MoveNext and Dispose of an iterator run is its body.
  for (const IteratorFacts &row : llvm::drop_begin(program.iterators))
    forEachSlot(row.enumerator, [&](FunctionId method) {
      if (!program[method].property.isValid())
        unite(row.body, method);
    });
  // Closures of one shape are called in one way.
  for (uint32_t i = 0; i < program.functions.size(); ++i) {
    const FunctionInfo &info = program.functions[i];
    bool isClosure = info.kind == FunctionKind::Lambda || (info.kind == FunctionKind::Local && !info.captures.empty());
    if (!isClosure || isOpaque(info.layer))
      continue;
    std::vector<PassMode> modes;
    for (const ParameterInfo &param : program.functions[i].params)
      modes.push_back(program[param.variable].mode);
    if (auto shape = program.shapes.find(modes); shape != program.shapes.end())
      unite(FunctionId(i), shape->second);
  }
  // ToString is called through descriptors, whatever the class.
  FunctionId first = program.knownFunctions[size_t(Known::ObjectToString)];
  for (FunctionId function : program.toStrings) {
    if (!function.isValid())
      continue;
    if (first.isValid())
      unite(first, function);
    else
      first = function;
  }
}

//===-- Throwing ----------------------------------------------------------------------------------------------===//

void Checker::inferThrows() {
  size_t count = program.functions.size();
  std::vector<llvm::SmallVector<uint32_t, 2>> callers(count); // by family
  std::vector<bool> throws(count, false);
  std::vector<uint32_t> work;
  auto mark = [&](uint32_t index) {
    if (!throws[index]) {
      throws[index] = true;
      work.push_back(index);
    }
  };
  for (uint32_t i = 0; i < count; ++i) {
    uint32_t self = familyOf(i);
    if (functionDetails[i].throwsItself)
      mark(self);
    for (const CallEdge &edge : functionDetails[i].edges)
      if (!edge.isSwallowed)
        callers[familyOf(edge.callee.index)].push_back(self);
  }
  while (!work.empty()) {
    uint32_t index = work.back();
    work.pop_back();
    for (uint32_t caller : callers[index])
      mark(caller);
  }
  for (uint32_t i = 0; i < count; ++i) {
    FunctionInfo &info = program.functions[i];
    info.mayThrow = throws[familyOf(i)];
    if (info.kind != FunctionKind::Destructor || !info.mayThrow)
      continue;
    auto diag = report(DiagId::DestructorThrows, info.range);
    diag << types.info(info.owner).name.text();
    for (const CallEdge &edge : functionDetails[i].edges)
      if (!edge.isSwallowed && throws[familyOf(edge.callee.index)]) {
        diag.note(program[edge.callee].range, "it calls '" + program[edge.callee].name.text() + "', which may throw");
        break;
      }
  }
}

//===-- Struct methods that write `this` ----------------------------------------------------------------------===//

void Checker::inferMutation() {
  size_t count = program.functions.size();
  std::vector<llvm::SmallVector<uint32_t, 2>> callers(count);
  std::vector<uint32_t> work;
  auto mark = [&](uint32_t index) {
    if (!program.functions[index].mutatesThis) {
      program.functions[index].mutatesThis = true;
      work.push_back(index);
    }
  };
  auto ofStruct = [&](const FunctionInfo &info) {
    return info.thisVariable.isValid() && types.kind(program[info.thisVariable].type) == TypeKind::Struct;
  };
  // Bodies of instances that mention type parameters are not checked: their definitions tell.
  auto written = [&](FunctionId function) {
    LayerId layer = program[function].layer;
    FunctionId definition = isOpaque(layer) ? definitionOf(function) : function;
    return definition.isValid() ? definition : function;
  };
  for (uint32_t i = 0; i < count; ++i) {
    const FunctionInfo &info = program.functions[i];
    if (!ofStruct(info))
      continue;
    bool isAutoSetter = info.isAutoAccessor && info.kind == FunctionKind::Setter;
    if (functionDetails[i].writesThis || isAutoSetter || info.kind == FunctionKind::Constructor)
      mark(i);
    for (FunctionId callee : functionDetails[i].mutatesThrough)
      callers[written(callee).index].push_back(i);
  }
  while (!work.empty()) {
    uint32_t index = work.back();
    work.pop_back();
    for (uint32_t caller : callers[index])
      mark(caller);
  }
  for (FunctionInfo &info : program.functions)
    if (ofStruct(info))
      program[info.thisVariable].mode = info.mutatesThis ? PassMode::Ref : PassMode::In;
  for (const CapturedCall &call : capturedCalls)
    if (program[call.callee].mutatesThis)
      noteCaptureWrite(call.variable, call.range);
  for (const ReadOnlyCall &call : readOnlyCalls)
    if (program[written(call.callee)].mutatesThis)
      report(DiagId::MutatesReadOnly, call.range).operator<<(program[call.callee].name.text()).operator<<(call.what)
          .note(program[call.callee].range, "this changes the struct it is called on");
}

//===-- Reachability ------------------------------------------------------------------------------------------===//

void Checker::inferReachability() {
  std::vector<FunctionId> work;
  auto reach = [&](FunctionId function) {
    if (function.isValid() && !program[function].isReachable && !detail(function).isPoisoned && !isOpaque(program[function].layer)) {
      program[function].isReachable = true;
      work.push_back(function);
    }
  };
  // Everything the user wrote is lowered, called or not: later passes find errors there too.
  for (uint32_t i = 0; i < program.functions.size(); ++i)
    if (!isOnDemand(*functionDetails[i].file) && !program.functions[i].layer)
      reach(FunctionId(i));
  for (FunctionId function : program.knownFunctions)
    reach(function);
  for (const Global &global : globals)
    if (!isOpaque(program[global.variable].layer))
    for (const CallEdge &edge : global.edges)
      reach(edge.callee);
  while (!work.empty()) {
    FunctionId function = work.back();
    work.pop_back();
    for (const CallEdge &edge : detail(function).edges)
      reach(edge.callee);
    // Whatever a dispatched call may arrive at; a base method may be called because an override is.
    if (function.index < standIns.size())
      for (FunctionId other : standIns[function.index])
        reach(other);
    const FunctionInfo &info = program[function];
    if (info.kind != FunctionKind::Constructor)
      continue;
    for (NominalId type = info.owner; type.isValid();) {
      reach(program.destructors[type.index]);
      const NominalInfo &row = types.info(type);
      type = row.base.isValid() ? types[row.base].nominal : NominalId();
    }
    reach(program.toStrings[info.owner.index]);
  }
}

//===-- Initialisers ------------------------------------------------------------------------------------------===//

/// Imports first, depth first; within a module in the order of its files and their texts.
void Checker::orderInitialisers() {
  std::vector<llvm::SmallVector<FileContext *, 1>> filesOf(modules.size());
  for (FileContext &file : files)
    filesOf[file.module.index].push_back(&file);
  llvm::DenseMap<const FileContext *, llvm::SmallVector<uint32_t, 4>> rows;
  for (uint32_t i = 0; i < globals.size(); ++i)
    rows[globals[i].file].push_back(i);
  std::vector<bool> seen(modules.size(), false);
  // An explicit stack: imports may nest deeply.
  llvm::SmallVector<std::pair<ModuleId, bool>, 16> work;
  auto visit = [&](ModuleId root) {
    work.push_back({root, false});
    while (!work.empty()) {
      auto [module, isLeaving] = work.pop_back_val();
      if (!isLeaving) {
        if (seen[module.index])
          continue;
        seen[module.index] = true;
        work.push_back({module, true});
        llvm::SmallVector<ModuleId, 8> imports;
        for (FileContext *file : filesOf[module.index])
          imports.append(file->imports);
        for (size_t i = imports.size(); i-- > 0;)
          work.push_back({imports[i], false});
        continue;
      }
      for (FileContext *file : filesOf[module.index])
        for (uint32_t row : rows.lookup(file)) {
          const Global &global = globals[row];
          const VariableInfo &info = program[global.variable];
          if (info.kind == VariableKind::Global && info.init && !info.constant && !global.isInMain && global.type == Progress::Done &&
              !isOpaque(info.layer))
            program.initialisers.push_back(global.variable);
        }
    }
  };
  for (ModuleId module : libraryModules)
    visit(module);
  for (FileContext &file : files)
    visit(file.module);
}

} // namespace dream::sema
