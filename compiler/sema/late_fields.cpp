// Late fields: those whose type has no zero value, and which may be read before a constructor has set them.
#include "compiler/sema/checker.h"

namespace dream::sema {

void Checker::findLateFields() {
  for (NominalId type : classOrder) {
    NominalInfo &info = types.info(type);
    for (FieldInfo &field : info.fields)
      field.isLate = !types.hasZeroValue(field.type);
  }
}

} // namespace dream::sema
