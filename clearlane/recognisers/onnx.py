"""How every network is run: one thread a process, and one store of memory for all of them."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path

import cv2
import onnxruntime

_loading = threading.Lock()


def session(weights: Path) -> onnxruntime.InferenceSession:
    """The network of that file, loaded once a process and held to one thread.

    Throughput comes from several processes; threads of one process would only
    fight over the same cores.
    """
    with _loading:
        return _session(weights)


@lru_cache(maxsize=8)
def _session(weights: Path) -> onnxruntime.InferenceSession:
    cv2.setNumThreads(1)
    _share_memory()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # Every line has its own width: remembered memory plans would pile up, 70 MB for nothing.
    options.enable_mem_pattern = False
    options.add_session_config_entry('session.use_env_allocators', '1')
    options.add_session_config_entry('session.intra_op.allow_spinning', '0')
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(weights), options, providers=['CPUExecutionProvider'])


@lru_cache(maxsize=1)
def _share_memory() -> None:
    """Networks run one after the other: what each keeps of its own would be 90 MB for nothing."""
    main_memory = onnxruntime.OrtMemoryInfo(
        'Cpu', onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    onnxruntime.create_and_register_allocator(main_memory, None)
