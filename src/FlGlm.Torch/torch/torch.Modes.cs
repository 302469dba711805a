using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Opens a scope that frees the tensors made on this thread until its end.</summary>
    public static DisposeScope NewDisposeScope() => DisposeScope.Open();

    public static DisposeScope? CurrentDisposeScope => DisposeScope.Current;

    /// <summary>Records no graph on this thread until disposed.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    public static bool is_grad_enabled() => Native.sh_is_grad_enabled();

    /// <summary>As <see cref="no_grad"/>, and the tensors made within can never take part in a graph.</summary>
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    public static bool is_inference_mode_enabled() => Native.sh_is_inference_mode_enabled();

    /// <summary>Seeds every generator that is not created by the program.</summary>
    public static Generator manual_seed(long seed)
    {
        Native.sh_manual_seed(seed);
        return Generator.Default;
    }

    public static int get_num_threads() => Native.sh_get_num_threads();

    /// <summary>Threads within one operation (libtorch's own; a BLAS may have a pool besides).</summary>
    public static void set_num_threads(int num) => Native.sh_set_num_threads(num);

    public static int get_num_interop_threads() => Native.sh_get_num_interop_threads();

    /// <summary>Once, before the first parallel work.</summary>
    public static void set_num_interop_threads(int num) => Native.sh_set_num_interop_threads(num);

    public static ScalarType get_default_dtype() => (ScalarType)Native.sh_get_default_dtype();

    public static void set_default_dtype(ScalarType dtype) => Native.sh_set_default_dtype((int)dtype);

    private sealed class GradMode : IDisposable
    {
        private readonly bool _before = is_grad_enabled();

        internal GradMode(bool enabled) => Native.sh_set_grad_enabled(enabled);

        public void Dispose() => Native.sh_set_grad_enabled(_before);
    }

    private sealed class InferenceMode(bool enabled) : IDisposable
    {
        private nint _guard = Native.sh_inference_mode_enter(enabled);

        public void Dispose()
        {
            var guard = Interlocked.Exchange(ref _guard, 0);
            if (guard != 0) Native.sh_inference_mode_leave(guard);
        }
    }
}
