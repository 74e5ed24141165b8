(* Graphs whose nodes refer to each other in both directions, for the garbage collector. Edges are kept newest first. *)
type node = { id : int; mutable distance : int; mutable edges : node list }

let state = ref 3

let next below =
  state := ((!state * 1103515245) + 12345) land 0x7fffffff;
  (!state lsr 8) mod below

let connect a b =
  a.edges <- b :: a.edges;
  b.edges <- a :: b.edges

let build count =
  let nodes = Array.init count (fun id -> { id; distance = -1; edges = [] }) in
  for i = 1 to count - 1 do
    connect nodes.(i) nodes.(next i);
    connect nodes.(i) nodes.(next count)
  done;
  nodes

let search start =
  let queue = Queue.create () in
  start.distance <- 0;
  Queue.add start queue;
  let check = ref 0 in
  while not (Queue.is_empty queue) do
    let node = Queue.take queue in
    check := ((!check * 31) + node.id + node.distance) land 0x7fffffff;
    List.iter (fun next ->
      if next.distance < 0 then begin
        next.distance <- node.distance + 1;
        Queue.add next queue
      end) (List.rev node.edges)
  done;
  !check

let () =
  let rounds = int_of_string Sys.argv.(1) and count = int_of_string Sys.argv.(2) in
  let check = ref 0 in
  for _ = 1 to rounds do
    check := !check lxor search (build count).(0)
  done;
  Printf.printf "%d graphs of %d nodes, check %d\n" rounds count !check
