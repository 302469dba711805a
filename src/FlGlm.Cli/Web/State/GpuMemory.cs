using System.Runtime.InteropServices;

namespace FlGlm.Cli.Web.State;

/// <summary>The memory of this machine's NVIDIA GPUs, by the library of their driver; where there is none, nothing.</summary>
internal static class GpuMemory
{
    private static readonly string[] Names = ["libnvidia-ml.so.1", "nvml"];
    private static readonly Lazy<Library?> Driver = new(Load);

    private delegate int NoArgument();

    private delegate int OfCount(out uint count);

    private delegate int OfDevice(uint index, out nint device);

    private delegate int OfMemory(nint device, out Memory memory);

    /// <summary>Used and total bytes of each, of all processes together; null where there is no GPU.</summary>
    public static IReadOnlyList<object>? Read()
    {
        if (Driver.Value is not { } driver || driver.Count(out var count) != 0 || count == 0)
            return null;
        var all = new List<object>();
        for (var index = 0u; index < count; index++)
        {
            if (driver.Device(index, out var device) == 0 && driver.MemoryOf(device, out var memory) == 0)
                all.Add(new { Index = index, memory.Used, memory.Total });
        }

        return all;
    }

    private static Library? Load()
    {
        foreach (var name in Names)
        {
            if (!NativeLibrary.TryLoad(name, out var handle))
                continue;
            try
            {
                return Get<NoArgument>(handle, "nvmlInit_v2")() != 0
                    ? null
                    : new Library(
                        Get<OfCount>(handle, "nvmlDeviceGetCount_v2"), Get<OfDevice>(handle, "nvmlDeviceGetHandleByIndex_v2"), Get<OfMemory>(handle, "nvmlDeviceGetMemoryInfo"));
            }
            catch (EntryPointNotFoundException)
            {
                return null;
            }
        }

        return null;
    }

    private static T Get<T>(nint library, string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(library, name));

    /// <summary>nvmlMemory_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Memory
    {
        public readonly ulong Total;
        public readonly ulong Free;
        public readonly ulong Used;
    }

    private sealed record Library(OfCount Count, OfDevice Device, OfMemory MemoryOf);
}
