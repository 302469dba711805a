using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>NVIDIA devices.</summary>
    public static class cuda
    {
        public static bool is_available() => Native.sh_cuda_is_available();

        public static int device_count() => (int)Native.sh_cuda_device_count();

        public static void manual_seed(long seed) => Native.sh_cuda_manual_seed(seed, false);

        public static void manual_seed_all(long seed) => Native.sh_cuda_manual_seed(seed, true);

        /// <summary>Waits until the device has done all its work.</summary>
        public static void synchronize(Device? device = null) => Native.sh_cuda_synchronize(device?.index ?? -1);
    }
}
