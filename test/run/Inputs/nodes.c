// An object of class Node { int value; }: its fields begin where the reference points.
int look_at_node(const int *node) { return *node; }
