using System.Globalization;

namespace TorchSharp;

public static partial class torch
{
    // What a debugger or a log shows.
    public partial class Tensor
    {
        private const int Shown = 10;

        /// <summary>Shape, type and device, and the first elements of a tensor on the processor.</summary>
        public override string ToString()
        {
            if (IsInvalid) return "(disposed tensor)";
            var facts = $"[{string.Join('x', shape)}], type = {dtype}, device = {device}";
            return is_cpu() && numel() > 0 ? $"{facts}, {Elements()}" : facts;
        }

        private string Elements()
        {
            using var guard = no_grad();
            using var scope = NewDisposeScope();
            var few = flatten().narrow(0, 0, Math.Min(Shown, numel())).to(ScalarType.Float64).data<double>().ToArray();
            var text = string.Join(", ", few.Select(value => value.ToString("g5", CultureInfo.InvariantCulture)));
            return numel() > Shown ? $"{text}, ..." : text;
        }
    }
}
