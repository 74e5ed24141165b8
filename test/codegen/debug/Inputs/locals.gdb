set width 0
set confirm off
break locals.dr:46
run
info locals
echo *node:
output *node
echo \nnext:
output *node->next
echo \nleaf:
output *leaf
echo \np:
output p
echo \nletter:
output letter
echo \nsmall:
output small
echo \nflag:
output flag
echo \nfixed:
output fixedOnes
echo \ntotal:
output total
echo \nlist[1]:
output list[1]
echo \n
next
echo total:
output total
echo \n
break locals.Sum
continue
info args
break locals.dr:27
continue
info locals
backtrace 2
break locals.dr:12
continue
info locals
echo this:
output *this
echo \n
finish
continue
